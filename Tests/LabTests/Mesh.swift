import Foundation
import Lab
import Testing
import Transport

/// An Envoy before two releases of the demo service that run in this process.
struct Mesh: Sendable {
    let envoy: EnvoyProcess
    let url: String
    let faults: [String: DemoFaultSwitch]

    /// Moves a split into place, as a router does.
    ///
    /// - Parameter before: Envoy routes that come before the split, as JSON.
    func route(stable: UInt32, canary: UInt32, version: String, before: String = "") throws {
        let clusters = ["stable": stable, "canary": canary].map { "{\"name\": \"\($0)\", \"weight\": \($1)}" }
        let route = """
            {"version_info": "\(version)", "resources": [{
              "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
              "name": "web", "validate_clusters": true,
              "virtual_hosts": [{"name": "web", "domains": ["*"], "routes": [\(before){
                "match": {"prefix": "/"},
                "route": {"weighted_clusters": {"clusters": [\(clusters.joined(separator: ","))]}}}]}]}]}
            """
        let file = URL(filePath: "\(envoy.design.routesFolder)/web.json")
        try Data(route.utf8).write(to: file, options: .atomic)
    }
}

/// Runs the body with all traffic at the release `v1` behind the cluster `stable`; `v2` is behind `canary`.
func withMesh(
    watchesFolder: Bool = false, _ body: @escaping @Sendable (Rig, Mesh) async throws -> Void
) async throws {
    try await withDemoService("v1") { one, oneFault in
        try await withDemoService("v2") { two, twoFault in
            try await withLab { rig in
                let envoy = try await rig.start(
                    design(rig.folder, stable: one, canary: two, watchesFolder: watchesFolder))
                let faults = ["v1": oneFault, "v2": twoFault]
                try await body(rig, Mesh(envoy: envoy, url: envoy.url(route: "web"), faults: faults))
            }
        }
    }
}

private func design(
    _ folder: String, stable: UInt16, canary: UInt16, watchesFolder: Bool
) throws -> EnvoyDesign {
    EnvoyDesign(
        adminPort: try FreePort.take(), routesFolder: "\(folder)/routes", watchesFolder: watchesFolder,
        listeners: [
            .init(
                route: "web", port: try FreePort.take(),
                firstSplit: [.init("stable", weight: 100), .init("canary", weight: 0)])
        ],
        clusters: [.init("stable", ports: [stable]), .init("canary", ports: [canary])])
}

/// Runs the body while a demo service answers on the port.
func withDemoService(
    _ version: String, _ body: @escaping @Sendable (UInt16, DemoFaultSwitch) async throws -> Void
) async throws {
    let port = try FreePort.take()
    let fault = DemoFaultSwitch()
    try await withThrowingTaskGroup { group in
        group.addTask { try await runDemoService(port: port, version: version, fault: fault) }
        group.addTask {
            try await waitUntilReady(port)
            try await body(port, fault)
        }
        // The service runs until it is cancelled, unless it can't start: then this throws.
        try await group.next()
        group.cancelAll()
        // What it says to being cancelled is of no interest.
        while await group.nextResult() != nil {}
    }
}

private func waitUntilReady(_ port: UInt16) async throws {
    let http = CurlClient()
    try await eventually {
        let ready = try? await http.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/_ready"))
        return ready?.status == 200
    }
    await http.shutdown()
}
