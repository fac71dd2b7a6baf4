import Foundation
package import Transport

/// Runs the body with a folder and programs that all end with it: when it returns, throws or is cancelled.
///
/// They are stopped in the reverse order of their start. A kill of this process kills them too.
///
/// - Parameter folder: keeps the files; without one they go to a temporary folder that is removed at the end.
package func withLab<Value>(
    in folder: String? = nil, tools: Tools? = nil, isolation: isolated (any Actor)? = #isolation,
    _ body: (Rig) async throws -> Value
) async throws -> Value {
    let place = try folder ?? temporaryFolder()
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    let rig = Rig(folder: place, tools: try tools ?? Tools.find())
    let outcome: Result<Value, any Error>
    do {
        outcome = .success(try await body(rig))
    } catch {
        outcome = .failure(error)
    }
    await rig.stopAll()
    // A folder that stays behind is no reason to lose what the body found out.
    if folder == nil { try? FileManager.default.removeItem(atPath: place) }
    return try outcome.get()
}

/// What runs in a lab. Made by `withLab`.
package actor Rig {
    package nonisolated let folder: String
    package nonisolated let tools: Tools
    package nonisolated let http = CurlClient()
    private var daemons: [Daemon] = []

    fileprivate init(folder: String, tools: Tools) {
        self.folder = folder
        self.tools = tools
    }

    /// Starts an Envoy and waits until it is ready.
    package func start(_ design: EnvoyDesign) async throws -> EnvoyProcess {
        let envoy = try EnvoyProcess(design, program: tools.envoy, folder: folder, http: http)
        try await start(envoy.daemon)
        return envoy
    }

    /// Starts a Prometheus and waits until it is ready.
    package func startPrometheus(
        port: UInt16? = nil, scraping targets: [PrometheusProcess.Target],
        every interval: Duration = .seconds(1)
    ) async throws -> PrometheusProcess {
        let prometheus = try PrometheusProcess(
            port: try port ?? FreePort.take(), scraping: targets, every: interval, program: tools.prometheus,
            folder: folder, http: http)
        try await start(prometheus.daemon)
        return prometheus
    }

    /// Starts a demo service and waits until it is ready. Without a program, this one is run again.
    package func startDemoService(
        version: String, port: UInt16? = nil, program: String? = nil
    ) async throws -> DemoProcess {
        let service = DemoProcess(
            port: try port ?? FreePort.take(), version: version, program: try program ?? Tools.thisProgram(),
            folder: folder, http: http)
        try await start(service.daemon)
        return service
    }

    /// Starts any other program, to be stopped with the rest.
    package func start(_ daemon: Daemon) async throws {
        daemons.append(daemon)
        try await daemon.start()
    }

    fileprivate func stopAll() async {
        while let daemon = daemons.popLast() { await daemon.stop() }
        await http.shutdown()
    }
}

private func temporaryFolder() throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "headgate-lab-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.path
}
