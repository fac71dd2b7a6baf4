import Foundation
package import Transport

/// A program of the lab that says over HTTP when it is ready, and can be stopped and started again.
package actor Daemon {
    package nonisolated let name: String
    package nonisolated let log: LogFile
    private let command: ChildProcess.Command
    /// The report of a crash is long, and its reason stands at its head.
    private static let logMax = 1 << 16
    private let readyURL: String
    private let http: any HTTPSender
    private var child: ChildProcess?

    /// - Parameter readyURL: answers 200 when the program is ready.
    package init(
        _ name: String, _ command: ChildProcess.Command, readyURL: String, http: any HTTPSender
    ) {
        self.name = name
        self.command = command
        self.readyURL = readyURL
        self.http = http
        log = LogFile(command.log)
    }

    /// None while it doesn't run.
    package var pid: Int32? { child.flatMap { $0.ending == nil ? $0.pid : nil } }

    /// Starts it and waits until it is ready; stops it when it doesn't get there.
    package func start(within limit: Duration = .seconds(30)) async throws {
        guard pid == nil else { throw LabError("\(name) runs already; stop it first") }
        let child = try await ChildProcess.start(command)
        self.child = child
        do {
            try await waitUntilReady(child, within: limit)
        } catch {
            await child.killAtOnce()
            throw error
        }
    }

    /// Returns when it has ended; at once when it doesn't run.
    package func stop(within limit: Duration = .seconds(5)) async {
        await child?.terminate(within: limit)
    }

    /// Ends it as a crash would.
    package func crash() async {
        await child?.killAtOnce()
    }

    package func restart() async throws {
        await stop()
        try await start()
    }

    private func waitUntilReady(_ child: ChildProcess, within limit: Duration) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while true {
            if let ending = child.ending { throw failure("ended before it was ready: \(ending)") }
            if await answers() { return }
            guard clock.now < deadline else { throw failure("is not ready after \(limit)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Whatever goes wrong here is a "not yet".
    private func answers() async -> Bool {
        let response = try? await http.send(HTTPRequest(.get, readyURL, timeout: .seconds(2)))
        return response?.status == 200
    }

    private func failure(_ what: String) -> LabError {
        LabError("\(name) \(what); the end of its log:\n\(log.tail(bytesMax: Self.logMax))")
    }
}
