import Lab
import Testing
import Transport

/// Golden texts: what istiod makes of the same objects, in Envoy's words.
@Suite struct IstioBridgeTests {
    @Test func weightsOfSubsetsAreWeightsOfClusters() throws {
        let routes = try routes([["name": "primary", "route": [.subset("a", 80), .subset("b", 20)]]])
        #expect(
            routes == [
                [
                    "name": "primary", "match": ["prefix": "/"],
                    "route": [
                        "timeout": "0s",
                        "weighted_clusters": ["clusters": [.share("web-a", 80), .share("web-b", 20)]],
                    ],
                ]
            ])
    }

    @Test func aWeightOfNothingIsDroppedAndTheOnlyOneLeftIsNoSplit() throws {
        let routes = try routes([["route": [.subset("a", 100), .subset("b", 0)]]])
        #expect(routes == [["match": ["prefix": "/"], "route": ["timeout": "0s", "cluster": "web-a"]]])
    }

    @Test func theOrderOfTheRoutesIsKeptAndEachBlockIsARoute() throws {
        let routes = try routes([
            [
                "name": "staff",
                "match": [["headers": ["x-staff": ["exact": "1"]]], ["uri": ["exact": "/beta"]]],
                "route": [.subset("b", nil)],
            ],
            ["route": [.subset("a", nil)]],
        ])
        #expect(
            routes.map { $0["match"] } == [
                [
                    "prefix": "/",
                    "headers": [["name": "x-staff", "string_match": ["exact": "1"]]],
                ],
                ["path": "/beta"], ["prefix": "/"],
            ])
        #expect(routes.map { $0["route"]["cluster"] } == ["web-b", "web-b", "web-a"])
    }

    @Test func everyConditionHasItsEnvoyForm() throws {
        let block: JSON = [
            "uri": ["prefix": "/api"], "ignoreUriCase": true, "method": ["exact": "GET"],
            "authority": ["regex": "(?i)web(?::[0-9]+)?"],
            "headers": ["cookie": ["regex": ".*beta=1.*"], "x-any": [:], "x-team": ["prefix": "pay"]],
            "withoutHeaders": ["x-bot": [:]], "queryParams": ["v": ["exact": "2"]],
        ]
        #expect(
            try match(block) == [
                "prefix": "/api", "case_sensitive": false,
                "headers": [
                    ["name": ":method", "string_match": ["exact": "GET"]],
                    ["name": ":authority", "string_match": ["safe_regex": ["regex": "(?i)web(?::[0-9]+)?"]]],
                    ["name": "cookie", "string_match": ["safe_regex": ["regex": ".*beta=1.*"]]],
                    ["name": "x-any", "present_match": true],
                    ["name": "x-team", "string_match": ["prefix": "pay"]],
                    ["name": "x-bot", "present_match": true, "invert_match": true],
                ],
                "query_parameters": [["name": "v", "string_match": ["exact": "2"]]],
            ])
        #expect(try match(["uri": ["regex": "/v[12]/.*"]]) == ["safe_regex": ["regex": "/v[12]/.*"]])
    }

    @Test(
        arguments: [
            ["gateways": ["edge"]], ["sourceLabels": ["app": "curl"]], ["sourceNamespace": "other"],
        ] as [JSON])
    func aBlockForOtherClientsIsNoRouteOfThisOne(_ block: JSON) throws {
        #expect(try routes([["match": [block], "route": [.subset("a", nil)]]]) == [])
    }

    @Test func mirrorsHavePercentsAndADestinationHasItsCookie() throws {
        var b = JSON.subset("b", 5)
        b["headers"] = ["response": ["add": ["set-cookie": "arm=b"]], "request": ["remove": ["x-old"]]]
        let routes = try routes([
            [
                "route": [.subset("a", 95), b],
                "mirrors": [["destination": ["host": "web", "subset": "b"], "percentage": ["value": 0.5]]],
            ]
        ])
        let clusters = routes[0]["route"]["weighted_clusters"]["clusters"]
        #expect(
            clusters?[1]?["response_headers_to_add"] == [
                [
                    "header": ["key": "set-cookie", "value": "arm=b"],
                    "append_action": "APPEND_IF_EXISTS_OR_ADD",
                ]
            ])
        #expect(clusters?[1]?["request_headers_to_remove"] == ["x-old"])
        #expect(
            routes[0]["route"]["request_mirror_policies"] == [
                [
                    "cluster": "web-b",
                    "runtime_fraction": ["default_value": ["numerator": 5_000, "denominator": "MILLION"]],
                ]
            ])
    }

    @Test func theOldMirrorCopiesEverythingUnlessItSaysHowMuch() throws {
        let whole = try routes([["route": [.subset("a", nil)], "mirror": ["host": "web", "subset": "b"]]])
        let policy = whole[0]["route"]["request_mirror_policies"]?[0]
        #expect(policy?["runtime_fraction"]["default_value"]["numerator"] == 1_000_000)
    }

    /// Where its Service has several workloads and no subset says which, all of them answer.
    @Test func aWholeServiceIsSharedByItsWorkloads() throws {
        let routes = try routes([["route": [["destination": ["host": "web"]]]]])
        #expect(
            routes[0]["route"]["weighted_clusters"]["clusters"]
                == [
                    ["name": "web-a", "weight": 30], ["name": "web-b", "weight": 30],
                ])
    }

    @Test func withoutAVirtualServiceTheServiceItselfAnswers() throws {
        let translation = try bridge.translate(virtualServices: [], destinationRules: [rule])
        #expect(translation.entries.map { $0["route"]["weighted_clusters"] != nil } == [true])
    }

    @Test func aHostIsAWorkloadsOwnService() throws {
        var bridge = bridge
        bridge.workloads = [
            MeshWorkload("web-a", of: ["web-stable"]), MeshWorkload("web-b", of: ["web-canary"]),
        ]
        let route: JSON = ["route": [["destination": ["host": "web-canary.shop.svc.cluster.local"]]]]
        let translation = try bridge.translate(virtualServices: [service([route])], destinationRules: [])
        #expect(translation.entries[0]["route"]["cluster"] == "web-b")
    }

    @Test func aSubsetThatNoRuleHasLeadsNowhere() throws {
        let routes = try routes([["route": [.subset("c", nil)]]])
        #expect(routes[0]["route"]["cluster"] == "nowhere")
    }

    @Test func ofSeveralVirtualServicesTheOldestCounts() throws {
        var young = service([["route": [.subset("b", nil)]]])
        young["metadata"]["creationTimestamp"] = "2026-02-01T00:00:00Z"
        young["metadata"]["resourceVersion"] = "9"
        let old = service([["route": [.subset("a", nil)]]])
        let translation = try bridge.translate(virtualServices: [young, old], destinationRules: [rule])
        #expect(translation.entries[0]["route"]["cluster"] == "web-a")
        #expect(translation.document["version_info"] == "9")
    }

    @Test func whatChangesNoWayIsOmittedAndSaid() throws {
        let route: JSON = ["route": [.subset("a", nil)], "corsPolicy": ["maxAge": "1h"], "timeout": "2.5s"]
        let translation = try bridge.translate(virtualServices: [service([route])], destinationRules: [rule])
        #expect(translation.omitted == ["http[0].corsPolicy"])
        #expect(translation.entries[0]["route"]["timeout"] == "2.5s")
    }

    @Test(
        arguments: [
            (["route": [.subset("a", 0), .subset("b", 0)]], "http[0] leads nowhere"),
            (
                ["route": [.subset("a", nil)], "delegate": ["name": "x"]],
                "http[0].delegate: the bridge does not know it"
            ),
            (
                ["match": [["port": 80]], "route": [.subset("a", nil)]],
                "http[0].match[0].port: the bridge does not"
            ),
            (["route": [.subset("a", nil)], "timeout": "1m"], "is not in seconds"),
        ] as [(JSON, String)])
    func whatWouldSendRequestsElsewhereIsAnError(_ route: JSON, _ message: String) {
        let error = #expect(throws: BridgeError.self) { try routes([route]) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "no error")")
    }
}

extension IstioBridgeTests {
    private var bridge: IstioBridge {
        IstioBridge(
            route: "web", host: "web", namespace: "shop",
            workloads: [
                MeshWorkload("web-a", of: ["web"], labels: ["slot": "a"]),
                MeshWorkload("web-b", of: ["web"], labels: ["slot": "b"]),
            ])
    }

    private var rule: JSON {
        [
            "metadata": ["name": "web"],
            "spec": [
                "host": "web",
                "subsets": [
                    ["name": "a", "labels": ["slot": "a"]], ["name": "b", "labels": ["slot": "b"]],
                ],
            ],
        ]
    }

    private func service(_ routes: [JSON]) -> JSON {
        [
            "metadata": ["name": "web", "resourceVersion": "7", "creationTimestamp": "2026-01-01T00:00:00Z"],
            "spec": ["hosts": ["web"], "http": .array(routes)],
        ]
    }

    private func routes(_ routes: [JSON]) throws -> [JSON] {
        try bridge.translate(virtualServices: [service(routes)], destinationRules: [rule]).entries
    }

    private func match(_ block: JSON) throws -> JSON? {
        try routes([["match": [block], "route": [.subset("a", nil)]]])[0]["match"]
    }
}

extension IstioBridge.Translation {
    fileprivate var entries: [JSON] {
        document["resources"]?[0]?["virtual_hosts"]?[0]?["routes"]?.array ?? []
    }
}

extension JSON {
    fileprivate static func subset(_ name: String, _ weight: Int?) -> JSON {
        var item: JSON = ["destination": ["host": "web", "subset": JSON(name)]]
        item["weight"] = weight.map { JSON($0) }
        return item
    }

    fileprivate static func share(_ cluster: String, _ weight: Int) -> JSON {
        ["name": JSON(cluster), "weight": JSON(weight * 60)]
    }
}
