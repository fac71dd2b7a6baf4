import Foundation
import Testing

@testable import Transport

/// A real Envoy for the tests of HTTP/2 and TLS: one process for all tests of a suite.
///
/// Each listener answers with what it saw: protocol, Host, client certificate and connection.
struct Envoy: Sendable {
    /// Listeners by name, each on a port that the kernel chose.
    let ports: [String: Int]
    let certificates: Certificates

    @TaskLocal static var running: Envoy?

    static func current() throws -> Envoy {
        try #require(running, "the suite lacks the trait .withEnvoy")
    }

    func url(_ listener: String, host: String = "127.0.0.1") throws -> String {
        let scheme = listener == "plain" ? "http" : "https"
        return "\(scheme)://\(host):\(try #require(ports[listener]))"
    }
}

extension Trait where Self == EnvoyTrait {
    /// Runs Envoy as long as the suite runs.
    static var withEnvoy: EnvoyTrait { EnvoyTrait() }
}

struct EnvoyTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
    ) async throws {
        let folder = try Folder()
        let upstream = try RawServer(endless)
        let process = EnvoyProcess(folder)
        do {
            let certificates = try Certificates(in: folder)
            let ports = try await process.start(certificates, upstreamPort: upstream.port)
            try await Envoy.$running.withValue(Envoy(ports: ports, certificates: certificates)) {
                try await body()
            }
        } catch {
            process.stop()
            upstream.stop()
            throw error
        }
        process.stop()
        upstream.stop()
        try folder.remove()
    }
}

/// The process and its folder.
private final class EnvoyProcess {
    private let folder: Folder
    private var child: Child?

    init(_ folder: Folder) { self.folder = folder }

    /// Returns the listeners' ports once Envoy is ready.
    func start(_ certificates: Certificates, upstreamPort: UInt16) async throws -> [String: Int] {
        let configuration = EnvoyConfiguration(certificates, upstreamPort: upstreamPort)
        try configuration.json().write(to: URL(fileURLWithPath: folder.file("envoy.json")))
        // When we die, whatever the way, standard input ends, and Envoy with it.
        child = try Child([
            "bash", "-c", "\"$@\" & read; kill $!; wait $!", "bash", try EnvoyProcess.binary(),
            "--config-path", folder.file("envoy.json"), "--admin-address-path", folder.file("admin"),
            "--log-path", folder.file("log"), "--disable-hot-restart", "--concurrency", "1",
        ])
        return try await ports()
    }

    func stop() {
        child?.end()
    }

    /// Asks Envoy's admin page, whose own address stands in a file, until all listeners are there.
    private func ports() async throws -> [String: Int] {
        try await withClient { client in
            for _ in 0..<600 {
                if let ports = try await self.readPorts(client) { return ports }
                try await Task.sleep(for: .milliseconds(50))
            }
            let log = FileManager.default.contents(atPath: self.folder.file("log")) ?? Data()
            throw EnvoyFailure("Envoy was not ready in 30 seconds: \(String(decoding: log, as: UTF8.self))")
        }
    }

    private func readPorts(_ client: CurlClient) async throws -> [String: Int]? {
        guard let admin = FileManager.default.contents(atPath: folder.file("admin")), !admin.isEmpty else {
            return nil
        }
        let url = "http://\(String(decoding: admin, as: UTF8.self))/listeners?format=text"
        guard let text = try? await client.send(HTTPRequest(.get, url)).text else { return nil }
        let pairs = text.split(separator: "\n").compactMap { line -> (String, Int)? in
            let parts = line.split(separator: ":")
            guard let name = parts.first, let port = parts.last.flatMap({ Int($0) }), port > 0 else {
                return nil
            }
            return (String(name), port)
        }
        return pairs.count == EnvoyConfiguration.listenerCount ? Dictionary(uniqueKeysWithValues: pairs) : nil
    }

    /// Missing is a failure and not a skip: a check that skips itself is none.
    private static func binary() throws -> String {
        let library = FileManager.default.currentDirectoryPath + "/.build/tools/venv/lib"
        let pythons = (try? FileManager.default.contentsOfDirectory(atPath: library)) ?? []
        let named = ProcessInfo.processInfo.environment["HEADGATE_ENVOY"].map { [$0] }
        let paths = named ?? pythons.map { "\(library)/\($0)/site-packages/envoy/_bin/envoy" }
        guard let path = paths.first(where: FileManager.default.isExecutableFile) else {
            throw EnvoyFailure("no Envoy in HEADGATE_ENVOY or .build/tools; run make tools")
        }
        return path
    }
}

struct EnvoyFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
