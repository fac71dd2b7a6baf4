import Foundation
import Lab
import Testing
import Transport

/// Real Envoys and a real Prometheus; without them these fail and say what to install.
@Suite struct MeshTests {
    @Test(arguments: [false, true])
    func envoyFlipsToARouteMovedIntoPlaceWithoutLosingARequest(watchesFolder: Bool) async throws {
        try await withMesh(watchesFolder: watchesFolder) { rig, mesh in
            // A request that is late because the machine is busy is not lost.
            let load = Load(mesh.url, perSecond: 200, timeout: .seconds(60), http: rig.http)
            let result = try await load.during {
                try await eventually { load.result.byRelease["v1", default: 0] > 50 }
                for flip in 0..<10 {
                    let seen = load.result.byRelease
                    let (stable, canary, release) = flip.isMultiple(of: 2) ? (0, 100, "v2") : (100, 0, "v1")
                    try mesh.route(stable: UInt32(stable), canary: UInt32(canary), version: "\(flip)")
                    try await eventually {
                        load.result.byRelease[release, default: 0] > seen[release, default: 0] + 5
                    }
                }
            }
            #expect(result.failedByShift == 0)
            #expect(result.failedByRelease == 0)
            #expect(result.replies.filter { $0.key.verdict != .good } == [:])
        }
    }

    @Test func theLoadTellsAReleasesFailuresFromThoseOfTheShift() async throws {
        try await withMesh { rig, mesh in
            let load = Load(mesh.url, http: rig.http)
            mesh.faults["v2"]?.set(DemoFault(rate: 1, status: 503))
            let result = try await load.during {
                try mesh.route(stable: 50, canary: 50, version: "half")
                try await eventually { load.result.failedByRelease > 20 }
                #expect(load.result.failedByShift == 0)
                await mesh.envoy.daemon.crash()
                try await eventually { load.result.failedByShift > 20 }
                try await mesh.envoy.daemon.start()
                let good = load.result.byRelease["v1", default: 0]
                try await eventually { load.result.byRelease["v1", default: 0] > good + 20 }
            }
            #expect(result.replies[.answered(release: "v2", status: 503)] == result.failedByRelease)
            #expect(result.replies[.failed(.connect), default: 0] > 0)
        }
    }

    @Test func eachKindOfRequestIsCountedApartAndSoAreCopies() async throws {
        let beta = """
            {"match": {"prefix": "/", "headers": [{"name": "x-beta", "string_match": {"exact": "1"}}]},
             "route": {"cluster": "stable", "request_mirror_policies": [{"cluster": "canary"}]}},
            """
        let kinds = [
            RequestKind("beta", headers: ["x-beta": "1"]), RequestKind("all", share: 3, path: "shop"),
        ]
        try await withMesh { rig, mesh in
            try mesh.route(stable: 0, canary: 100, version: "rule", before: beta)
            try await eventually {
                let answer = try await rig.http.send(HTTPRequest(.get, mesh.url))
                return answer.headers["x-release"] == "v2"
            }
            let before = try await counts(mesh.url, rig.http)
            // A request that is late because the machine is busy has not failed.
            let load = Load(mesh.url, perSecond: 60, timeout: .seconds(60), kinds: kinds, http: rig.http)
            let result = try await load.during { try await eventually { load.result.requests > 100 } }
            let (one, others) = (try #require(result.kinds["beta"]), try #require(result.kinds["all"]))
            #expect(one.byRelease == ["v1": one.requests])
            #expect(others.byRelease == ["v2": others.requests])
            #expect(result.replies.filter { $0.key.verdict != .good } == [:])
            #expect(abs(3 * one.requests - others.requests) <= 3)
            try await eventually { try await counts(mesh.url, rig.http).copies == one.requests }
            #expect(try await counts(mesh.url, rig.http).requests == before.requests + others.requests)
        }
    }

    @Test func prometheusScrapesEnvoyAndKeepsItsDataThroughACrash() async throws {
        try await withMesh { rig, mesh in
            let target = PrometheusProcess.Target.envoy(
                adminPort: mesh.envoy.design.adminPort, clusters: ["stable", "canary"])
            let prometheus = try await rig.startPrometheus(scraping: [target], every: .milliseconds(200))
            let load = Load(mesh.url, perSecond: 50, http: rig.http)
            _ = try await load.during {
                try await eventually { try await requests(to: "stable", prometheus, rig.http) > 20 }
            }
            // The first failure must not be the birth of its counter.
            #expect(try await requests(to: "canary", prometheus, rig.http) == 0)
            let before = try await requests(to: "stable", prometheus, rig.http)
            await prometheus.daemon.crash()
            await #expect(throws: TransportError.self) {
                try await requests(to: "stable", prometheus, rig.http)
            }
            await mesh.envoy.daemon.stop()
            try await prometheus.daemon.start()
            let series =
                "max_over_time(envoy_cluster_upstream_rq_completed{envoy_cluster_name=\"stable\"}[5m])"
            #expect(try await value(of: series, prometheus, rig.http) >= before)
        }
    }

    @Test func everythingIsStoppedWhenTheBodyThrows() async throws {
        let pids = Pids()
        await #expect(throws: LabError("enough")) {
            try await withMesh { _, mesh in
                await pids.add(mesh.envoy.daemon.pid)
                throw LabError("enough")
            }
        }
        let pid = try #require(await pids.all.first)
        #expect(!FileManager.default.fileExists(atPath: "/proc/\(pid)"))
    }

    @Test func anEnvoyThatCantStartShowsItsLog() async throws {
        try await withLab { rig in
            let design = EnvoyDesign(
                adminPort: try FreePort.take(), routesFolder: "\(rig.folder)/routes",
                listeners: [.init(route: "web", port: 1, firstSplit: [.init("nobody", weight: 1)])],
                clusters: [.init("a", ports: [1]), .init("a", ports: [1])])
            let error = await #expect(throws: LabError.self) { try await rig.start(design) }
            #expect(error?.description.contains("duplicate cluster") == true)
        }
    }
}

@Suite struct DemoServiceTests {
    @Test func itsFaultIsTurnedOverHTTPAndItsFailuresBearItsName() async throws {
        try await withDemoService("v7") { port, fault in
            let http = CurlClient()
            let url = "http://127.0.0.1:\(port)"
            let good = try await http.send(HTTPRequest(.get, "\(url)/any/path"))
            #expect(good.status == 200)
            #expect(String(decoding: good.body, as: UTF8.self) == "{\"version\": \"v7\"}\n")
            let turned = try await http.send(
                HTTPRequest(
                    .post, "\(url)/_fault", headers: ["Content-Type": "application/json"],
                    body: Array(#"{"rate": 1, "status": 500}"#.utf8)))
            #expect(turned.isSuccess)
            let bad = try await http.send(HTTPRequest(.get, url))
            #expect(bad.status == 500)
            #expect(bad.headers["x-release"] == "v7")
            fault.set(DemoFault(rate: 1, after: 3600))
            #expect(try await http.send(HTTPRequest(.get, url)).status == 200)
            await http.shutdown()
        }
    }
}

private actor Pids {
    private(set) var all: [Int32] = []

    func add(_ pid: Int32?) {
        if let pid { all.append(pid) }
    }
}

/// Of the release that gets the split.
private func counts(_ url: String, _ http: any HTTPSender) async throws -> DemoCounts {
    let response = try await http.send(HTTPRequest(.get, "\(url)_counts"))
    return try JSONDecoder().decode(DemoCounts.self, from: Data(response.body))
}

private func requests(
    to cluster: String, _ prometheus: PrometheusProcess, _ http: any HTTPSender
) async throws -> Double {
    let series = "envoy_cluster_upstream_rq_completed{envoy_cluster_name=\"\(cluster)\"}"
    return try await value(of: series, prometheus, http)
}

/// The value of the only series that answers; -1 when none does.
private func value(
    of query: String, _ prometheus: PrometheusProcess, _ http: any HTTPSender
) async throws -> Double {
    let text = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let response = try await http.send(HTTPRequest(.get, "\(prometheus.url)/api/v1/query?query=\(text)"))
    let answer = try JSONDecoder().decode(Answer.self, from: Data(response.body))
    return answer.data.result.first.flatMap { Double($0.value.text) } ?? -1
}

private struct Answer: Decodable {
    struct Body: Decodable { let result: [Series] }
    struct Series: Decodable { let value: Point }

    /// A pair of a time and a text.
    struct Point: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            var pair = try decoder.unkeyedContainer()
            _ = try pair.decode(Double.self)
            text = try pair.decode(String.self)
        }
    }

    let data: Body
}
