import Rollouts
import Testing

@testable import Traffic

@Suite struct RouteDocumentTests {
    @Test func bothClustersStayListedAndTheMarksStandInTheRoute() throws {
        let document = try document(order(20, since: 12))
        #expect(String(decoding: document.bytes, as: UTF8.self) == twentyPercent)
        #expect(document.version == "12.48b30a50197084c0")
    }

    @Test func aClusterAtZeroStaysListed() throws {
        let borne = BorneRoute(parsing: try document(order(0)).bytes)
        #expect(borne.weights == ["web-a": 1_000_000, "web-b": 0])
    }

    @Test func anotherEventMakesAnotherVersionOfTheSameSplit() throws {
        let (first, second) = (try document(order(20, since: 1)), try document(order(20, since: 2)))
        #expect(first.version.split(separator: ".").last != second.version.split(separator: ".").last)
    }

    @Test func whatIsWrittenCanBeReadBack() throws {
        let borne = BorneRoute(parsing: try document(order(20, since: .max)).bytes)
        #expect(borne.marks == RouteMarks(rollout: "web", since: .max, journal: "north"))
        #expect(borne.route(between: .init(a: "web-a", b: "web-b"))?.weight(of: .b) == Weight(percent: 20))
    }

    @Test(arguments: ["", "{", "[]", "null", #"{"resources": {}}"#, #"{"resources": [{"metadata": 1}]}"#])
    func whateverElseIsThereHasNeitherMarksNorWeights(text: String) {
        let borne = BorneRoute(parsing: Array(text.utf8))
        #expect(borne.marks == nil)
        #expect(borne.weights.isEmpty)
    }

    @Test func weightsOfOtherSumsOrClustersAreNoSplitOfOurs() {
        let backends = Backends(a: "web-a", b: "web-b")
        for weights in [["web-a": 90, "web-b": 10], ["web-a": 800_000, "other": 200_000]] {
            let clusters = weights.map { #"{"name": "\#($0)", "weight": \#($1)}"# }.joined(separator: ",")
            let split = #"{"route": {"weighted_clusters": {"clusters": [\#(clusters)]}}}"#
            let file = #"{"resources": [{"virtual_hosts": [{"routes": [\#(split)]}]}]}"#
            let borne = BorneRoute(parsing: Array(file.utf8))
            #expect(borne.weights == weights)
            #expect(borne.route(between: backends) == nil)
        }
    }
}

private let twentyPercent = """
    {
      "resources" : [
        {
          "@type" : "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
          "metadata" : {
            "filter_metadata" : {
              "dev.headgate" : {
                "journal" : "north",
                "rollout" : "web",
                "since" : "12"
              }
            }
          },
          "name" : "web",
          "validate_clusters" : true,
          "virtual_hosts" : [
            {
              "domains" : [
                "*"
              ],
              "name" : "web",
              "routes" : [
                {
                  "match" : {
                    "prefix" : "/"
                  },
                  "route" : {
                    "weighted_clusters" : {
                      "clusters" : [
                        {
                          "name" : "web-a",
                          "weight" : 800000
                        },
                        {
                          "name" : "web-b",
                          "weight" : 200000
                        }
                      ]
                    }
                  }
                }
              ]
            }
          ]
        }
      ],
      "version_info" : "12.48b30a50197084c0"
    }

    """
