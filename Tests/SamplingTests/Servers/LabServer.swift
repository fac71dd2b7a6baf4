import Foundation
import Glibc
import Testing
import Transport

/// A real server on a free loopback port, with a folder of its own; ended with this value.
final class LabServer {
    let port = freePort()
    let folder = NSTemporaryDirectory() + "headgate-" + UUID().uuidString
    private let process = Process()

    var address: String { "http://127.0.0.1:\(port)" }

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    func file(_ name: String) -> String { "\(folder)/\(name)" }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: file(name), atomically: true, encoding: .utf8)
    }

    /// Starts the program; what it prints is in `log`.
    func start(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        try #require(
            FileManager.default.isExecutableFile(atPath: program), "there is no \(program); run make tools")
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        try write("", to: "log")
        process.standardOutput = FileHandle(forWritingAtPath: file("log"))
        process.standardError = process.standardOutput
        try process.run()
    }

    /// Until this path is answered with success.
    func untilReady(_ path: String, _ client: CurlClient) async throws {
        while (try? await client.send(HTTPRequest(.get, address + path)))?.isSuccess != true {
            let log = (try? String(contentsOfFile: file("log"), encoding: .utf8)) ?? ""
            try #require(process.isRunning, "the server ended: \(log)")
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}

extension HTTPResponse {
    fileprivate var isSuccess: Bool { (200..<300).contains(status) }
}
