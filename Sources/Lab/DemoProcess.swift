import Foundation
package import Transport

/// A demo service in a process of its own.
package struct DemoProcess: Sendable {
    package let port: UInt16
    package let version: String
    package let daemon: Daemon
    private let http: any HTTPSender

    /// - Parameter program: is run as `<program> demo-service --port P --version V`.
    package init(port: UInt16, version: String, program: String, folder: String, http: any HTTPSender) {
        self.port = port
        self.version = version
        self.http = http
        daemon = Daemon(
            "demo service \(version)",
            .init(
                program, ["demo-service", "--port", "\(port)", "--version", version],
                log: "\(folder)/demo-service-\(port).log"),
            readyURL: "http://127.0.0.1:\(port)/_ready", http: http)
    }

    package var url: String { "http://127.0.0.1:\(port)/" }

    /// What it was asked so far.
    package func counts() async throws -> DemoCounts {
        let response = try await http.send(HTTPRequest(.get, "\(url)_counts"))
        return try JSONDecoder().decode(DemoCounts.self, from: Data(response.body))
    }

    package func set(_ fault: DemoFault) async throws {
        let request = HTTPRequest(
            .post, "\(url)_fault", headers: ["Content-Type": "application/json"],
            body: Array(try JSONEncoder().encode(fault)))
        let response = try await http.send(request)
        guard response.isSuccess else {
            throw LabError("demo service \(version) refused the fault with \(response.status)")
        }
    }
}
