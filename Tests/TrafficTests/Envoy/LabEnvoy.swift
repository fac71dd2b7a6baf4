import Foundation
import Glibc
import Testing
import Transport

@testable import Traffic

/// A real Envoy in a folder of its own: a front listener that takes its route `web` from a file, and six listeners
/// that answer `a` to `f`, behind the clusters `web-a` to `web-f`.
final class LabEnvoy {
    let folder: String
    let adminPort = freePort()
    let port = freePort()
    private let hasAdminSocket: Bool
    /// Notes in each request's id that it is traced.
    private let isTracing: Bool
    private let answers = "abcdef".map { String($0) }
    private var process: Process?

    var routes: String { "\(folder)/routes" }
    var log: String { "\(folder)/envoy.log" }
    var admin: EnvoySettings.Admin {
        let address = hasAdminSocket ? "unix:\(folder)/admin.sock" : "http://127.0.0.1:\(adminPort)"
        return EnvoySettings.Admin(address, log: log)
    }

    init(hasAdminSocket: Bool = false, isTracing: Bool = false) throws {
        (self.hasAdminSocket, self.isTracing) = (hasAdminSocket, isTracing)
        folder = try temporaryFolder()
        try FileManager.default.createDirectory(atPath: routes, withIntermediateDirectories: true)
        try bootstrap.write(toFile: "\(folder)/envoy.json", atomically: true, encoding: .utf8)
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func start() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try envoyPath())
        process.arguments = ["-c", "\(folder)/envoy.json", "--concurrency", "2", "--disable-hot-restart"]
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        self.process = process
    }

    func stop() {
        guard let process else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    /// Waits until the front listener answers at all.
    func startServing(_ client: CurlClient) async throws {
        try start()
        let request = HTTPRequest(.get, "http://127.0.0.1:\(port)/", timeout: .seconds(1))
        while (try? await client.send(request)) == nil {
            try #require(process?.isRunning == true, "Envoy ended: see \(log)")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private var bootstrap: String {
        let listeners = [front] + answers.map(answering)
        let clusters = answers.map(cluster)
        return """
            {"node": {"id": "lab", "cluster": "lab"},
             "admin": {"address": \(adminAddress)},
             "static_resources": {
              "listeners": [\(listeners.joined(separator: ","))],
              "clusters": [\(clusters.joined(separator: ","))]}}
            """
    }

    private var adminAddress: String {
        hasAdminSocket ? socket("admin") : address(adminPort)
    }

    private var front: String {
        let source = #"{"path_config_source": {"path": "\#(routes)/web.json"}}"#
        let tracing = isTracing ? #""tracing": {"provider": \#(tracer)}, "# : ""
        return listener(
            "web", address(port),
            #"\#(tracing)"rds": {"route_config_name": "web", "config_source": \#(source)}"#)
    }

    private var tracer: String {
        """
        {"name": "zipkin", "typed_config": {"@type": "type.googleapis.com/envoy.config.trace.v3.ZipkinConfig",
         "collector_cluster": "web-f", "collector_endpoint": "/", "collector_endpoint_version": "HTTP_JSON"}}
        """
    }

    private func answering(_ text: String) -> String {
        let answer = #"{"status": 200, "body": {"inline_string": "\#(text)"}}"#
        let rule = #"{"match": {"prefix": "/"}, "direct_response": \#(answer)}"#
        let host = #"{"name": "\#(text)", "domains": ["*"], "routes": [\#(rule)]}"#
        return listener(text, socket(text), #""route_config": {"virtual_hosts": [\#(host)]}"#)
    }

    private func listener(_ name: String, _ address: String, _ routes: String) -> String {
        let types = "type.googleapis.com/envoy.extensions.filters"
        let router = #"{"name": "router", "typed_config": {"@type": "\#(types).http.router.v3.Router"}}"#
        let manager = """
            {"@type": "\(types).network.http_connection_manager.v3.HttpConnectionManager",
             "stat_prefix": "\(name)", \(routes), "http_filters": [\(router)]}
            """
        let filter = #"{"name": "http", "typed_config": \#(manager)}"#
        return #"{"name": "\#(name)", "address": \#(address), "filter_chains": [{"filters": [\#(filter)]}]}"#
    }

    private func cluster(_ text: String) -> String {
        let endpoints = #"[{"lb_endpoints": [{"endpoint": {"address": \#(socket(text))}}]}]"#
        return """
            {"name": "web-\(text)", "type": "STATIC",
             "load_assignment": {"cluster_name": "web-\(text)", "endpoints": \(endpoints)}}
            """
    }

    private func socket(_ name: String) -> String {
        #"{"pipe": {"path": "\#(folder)/\#(name).sock"}}"#
    }

    private func address(_ port: Int) -> String {
        #"{"socket_address": {"address": "127.0.0.1", "port_value": \#(port)}}"#
    }
}

/// A missing Envoy is a failure: a test that is skipped proves nothing.
func envoyPath() throws -> String {
    if let path = ProcessInfo.processInfo.environment["HEADGATE_ENVOY"] { return path }
    let libraries = ".build/tools/venv/lib"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: libraries)) ?? []
    let paths = versions.map { "\(libraries)/\($0)/site-packages/envoy/_bin/envoy" }
    return try #require(
        paths.first { FileManager.default.isExecutableFile(atPath: $0) },
        "there is no Envoy under \(libraries), and HEADGATE_ENVOY is not set; run make tools")
}

func temporaryFolder() throws -> String {
    let path = NSTemporaryDirectory() + "headgate-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
}

/// Below the range from which the kernel takes the ports of outgoing connections: else a client could get the port
/// of an Envoy that is just being started anew.
func freePort() -> Int {
    while true {
        let port = UInt16.random(in: 10_000..<32_000)
        if isFree(port) { return Int(port) }
    }
}

private func isFree(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}
