import TestCluster
import Testing
import Transport

@testable import Traffic

/// Entries as Consul has them, and as consul-k8s has them.
@Suite struct SpecWordsTests {
    @Test func aRouteIsSpelledAsConsulSpellsIt() throws {
        let spec: JSON = [
            "routes": [
                [
                    "match": [
                        "http": ["pathPrefix": "/", "header": [["name": "x-canary", "exact": "always"]]]
                    ],
                    "destination": [
                        "serviceSubset": "canary", "numRetries": 2, "retryOnStatusCodes": [503],
                        "responseHeaders": ["add": ["set-cookie": "a=b"]],
                    ],
                ]
            ]
        ]
        let entry: JSON = [
            "Routes": [
                [
                    "Match": [
                        "HTTP": ["PathPrefix": "/", "Header": [["Name": "x-canary", "Exact": "always"]]]
                    ],
                    "Destination": [
                        "ServiceSubset": "canary", "NumRetries": 2, "RetryOnStatusCodes": [503],
                        "ResponseHeaders": ["Add": ["set-cookie": "a=b"]],
                    ],
                ]
            ]
        ]
        #expect(SpecWords.of(.router).swapped(spec) == entry)
        #expect(SpecWords.of(.router).swapped(entry) == spec)
    }

    @Test func namesThatPeopleGaveStayAsTheyAre() {
        let spec: JSON = [
            "defaultSubset": "Stable",
            "subsets": ["filter": ["filter": "Service.Meta.v == 1", "onlyPassing": true]],
            "failover": ["*": ["targets": [["serviceSubset": "service"]]]],
            "loadBalancer": ["hashPolicies": [["cookieConfig": ["ttl": "1h"]]]],
        ]
        let entry = SpecWords.of(.resolver).swapped(spec)
        #expect(entry["Subsets"]["filter"] == ["Filter": "Service.Meta.v == 1", "OnlyPassing": true])
        #expect(entry["Failover"]["*"]["Targets"] == [["ServiceSubset": "service"]])
        #expect(entry["LoadBalancer"]["HashPolicies"] == [["CookieConfig": ["TTL": "1h"]]])
    }

    @Test func whatIsInNeitherVocabularyIsKept() {
        let spec: JSON = [
            "protocol": "http", "upstreamConfig": ["overrides": [["name": "api"]]],
            "Strange": [1, ["weight": 2]],
        ]
        let entry = SpecWords.of(.defaults).swapped(spec)
        #expect(entry["Protocol"] == "http" && entry["upstreamConfig"] == spec["upstreamConfig"])
        #expect(entry["Strange"] == [1, ["weight": 2]])
    }

    /// Whatever is in a tree: spelled the other way and back it is the same.
    @Test(arguments: EntryName.Kind.allCases) func twiceChangesNothing(kind: EntryName.Kind) {
        var dice = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let tree = JSON.diced(depth: 5, &dice)
            let words = SpecWords.of(kind)
            #expect(words.swapped(words.swapped(tree)) == tree)
        }
    }

    @Test func aResourceKeepsWhatAnEntryHasNoPlaceFor() {
        var object = splitterObject(["web-a": 100])
        object["metadata"]?["annotations"] = ["headgate.dev/web": "{}", "team": "shop"]
        object["status"] = synced(at: "2026-11-25T10:00:00Z")
        let name = EntryName(kind: .splitter, service: "web", scope: ConsulScope(), namespace: "shop")
        let entry = ConsulEntry(name, of: object)
        #expect(entry.document?["Kind"] == "service-splitter" && entry.meta["team"] == "shop")
        #expect(entry.document?["Splits"] == [["Weight": 100, "ServiceSubset": "web-a"]])
        #expect(name.resource(with: entry.content, in: object) == object)
    }
}

extension JSON {
    /// Of words that stand in entries and resources, and of some that stand in neither.
    fileprivate static func diced(depth: Int, _ dice: inout SystemRandomNumberGenerator) -> JSON {
        let words = [
            "splits", "Splits", "weight", "Weight", "routes", "Routes", "match", "Match", "http", "HTTP",
            "subsets",
            "Subsets", "failover", "filter", "Filter", "protocol", "Protocol", "ttl", "x-unknown", "Strange",
        ]
        switch depth == 0 ? 0 : Int.random(in: 0...3, using: &dice) {
        case 0: return .string(words.randomElement(using: &dice) ?? "")
        case 1:
            return .array(
                (0..<Int.random(in: 0...3, using: &dice)).map { _ in diced(depth: depth - 1, &dice) })
        default:
            let members = words.shuffled(using: &dice).prefix(6).map { ($0, diced(depth: depth - 1, &dice)) }
            return .object(Dictionary(uniqueKeysWithValues: members))
        }
    }
}
