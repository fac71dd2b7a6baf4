import Lab
import Testing
import Transport

/// A real Consul at one end and a real Envoy at the other.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ConsulFollowerTests {
    @Test func envoyObeysTheChainAsItChanges() async throws {
        try await following { hand, url in
            try await eventually { try await release(at: url) == "v1" }
            try await hand.put(
                "config", ["Kind": "service-splitter", "Name": "web", "Splits": [split("b", 100)]])
            try await eventually { try await release(at: url) == "v2" }
        }
    }

    @Test func aSubsetWithoutHealthyInstancesFailsOver() async throws {
        try await following { hand, url in
            try await hand.put(
                "config", ["Kind": "service-splitter", "Name": "web", "Splits": [split("b", 100)]])
            try await eventually { try await release(at: url) == "v2" }
            try await hand.put("agent/service/deregister/web-b", nil)
            try await eventually { try await release(at: url) == "v1" }
        }
    }

    @Test func headersAreLookedAtBeforeTheSplit() async throws {
        try await following { hand, url in
            let staff: JSON = [
                "Match": ["HTTP": ["Header": [["Name": "x-staff", "Exact": "1"]]]],
                "Destination": ["ServiceSubset": "b"],
            ]
            try await hand.put("config", ["Kind": "service-router", "Name": "web", "Routes": [staff]])
            try await eventually { try await release(at: url, headers: ["x-staff": "1"]) == "v2" }
            #expect(try await release(at: url) == "v1")
        }
    }

    private func split(_ subset: JSON, _ weight: JSON) -> JSON {
        ["ServiceSubset": subset, "Weight": weight]
    }

    private struct Hand: Sendable {
        let url: String
        let http: any HTTPSender

        func put(_ path: String, _ body: JSON?) async throws {
            let response = try await http.send(HTTPRequest(.put, "\(url)/v1/\(path)", body: body?.bytes))
            #expect(response.isSuccess, "\(String(decoding: response.body, as: UTF8.self))")
        }
    }

    /// Runs the body with a follower of a Consul that gives `web` to the subset `a`, whose release is v1.
    private func following(
        _ body: @escaping @Sendable (Hand, String) async throws -> Void
    ) async throws {
        try await withMesh { rig, mesh in
            let consul = try await rig.startConsul()
            let hand = Hand(url: consul.url, http: rig.http)
            let follower = ConsulFollower(
                ConsulBridge(route: "web", service: "web"), consul: consul.url, http: rig.http,
                file: "\(mesh.envoy.design.routesFolder)/web.json")
            for (slot, cluster) in [("a", "stable"), ("b", "canary")] {
                let port = try #require(mesh.envoy.design.clusters.first { $0.name == cluster }?.ports.first)
                await follower.note(cluster: cluster, at: port)
                try await hand.put(
                    "agent/service/register",
                    [
                        "ID": .string("web-\(slot)"), "Name": "web", "Address": "127.0.0.1",
                        "Port": JSON(Int(port)), "Meta": ["slot": .string(slot)], "Connect": ["Native": true],
                    ])
            }
            try await hand.put("config", ["Kind": "service-defaults", "Name": "web", "Protocol": "http"])
            try await hand.put(
                "config",
                [
                    "Kind": "service-resolver", "Name": "web", "DefaultSubset": "a",
                    "Subsets": [
                        "a": ["Filter": "Service.Meta.slot == a"], "b": ["Filter": "Service.Meta.slot == b"],
                    ],
                    "Failover": ["b": ["ServiceSubset": "a"]],
                ])
            try await withThrowingTaskGroup { group in
                group.addTask { await follower.run() }
                group.addTask { try await body(hand, mesh.url) }
                try await group.next()
                group.cancelAll()
            }
        }
    }
}

private func release(at url: String, headers: HTTPHeaders = [:]) async throws -> String? {
    let http = CurlClient()
    let response = try? await http.send(HTTPRequest(.get, url, headers: headers, timeout: .seconds(2)))
    await http.shutdown()
    return response?.headers["x-release"]
}
