import Foundation
import Glibc
import Testing
import Transport

/// A real Prometheus that scrapes itself four times a second and lets in `headgate` with the password `sesame-open`.
final class LabPrometheus {
    static let password = "sesame-open"
    let port = freePort()
    private let folder: String
    private let process = Process()

    var address: String { "http://127.0.0.1:\(port)" }

    init() throws {
        folder = NSTemporaryDirectory() + "headgate-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try scrapes.write(toFile: "\(folder)/prometheus.yml", atomically: true, encoding: .utf8)
        try users.write(toFile: "\(folder)/web.yml", atomically: true, encoding: .utf8)
        let program = "/usr/bin/prometheus"
        try #require(
            FileManager.default.isExecutableFile(atPath: program), "there is no \(program); run make tools")
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = [
            "--config.file=\(folder)/prometheus.yml", "--web.config.file=\(folder)/web.yml",
            "--storage.tsdb.path=\(folder)/tsdb", "--web.listen-address=127.0.0.1:\(port)",
            "--log.level=error",
        ]
        try process.run()
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func untilReady(_ client: CurlClient) async throws {
        while try await !isReady(client) { try await Task.sleep(for: .milliseconds(20)) }
    }

    private func isReady(_ client: CurlClient) async throws -> Bool {
        try #require(process.isRunning, "Prometheus ended")
        let url = "http://headgate:\(Self.password)@127.0.0.1:\(port)/-/ready"
        return (try? await client.send(HTTPRequest(.get, url)))?.status == 200
    }

    private var scrapes: String {
        """
        scrape_configs:
        - job_name: itself
          scrape_interval: 250ms
          scrape_timeout: 250ms
          basic_auth: {username: headgate, password: \(Self.password)}
          static_configs: [{targets: ["127.0.0.1:\(port)"]}]
        """
    }

    /// The password's bcrypt hash, of the least cost.
    private let users = """
        basic_auth_users:
          headgate: $2b$04$Jpxi2qRXDwpbTDhNp1mzhudcL1BvDb6u9T7mbGTn.AbiL.aeIFNW.
        """
}

func freePort() -> Int {
    let descriptor = listener()
    defer { close(descriptor) }
    return port(of: descriptor)
}

/// Takes connections, by its backlog, and never answers. Closed by who asked for it.
func listener() -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            _ = bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    listen(descriptor, 8)
    return descriptor
}

func port(of descriptor: Int32) -> Int {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
    }
    return Int(UInt16(bigEndian: address.sin_port))
}
