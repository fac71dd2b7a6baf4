import ArgumentParser
import Foundation
import Glibc
import Server

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a rollout: weights, step, metrics, and why it waits.",
        discussion: """
            With --watch the picture is drawn again as it changes, until the release is through or taken back;
            the exit code is 1 when it was taken back.

            Example: headgate status checkout --watch
            """)

    @Argument(help: "The rollout.") var name: String
    @Flag(name: .shortAndLong, help: "Draw again until the release has arrived.") var watch = false
    @Option(name: .shortAndLong, help: "text, json or yaml.") var output: OutputFormat = .text
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let client = try server.client()
        let status = watch ? try await follow(client) : try await client.status(name)
        switch output {
        case .json: print(try Output.json(status))
        case .yaml: print(try Output.yaml(status))
        case .text, .table: if !watch { print(StatusPicture(status).text) }
        }
        if watch, status.phase == .degraded { throw ExitCode.failure }
    }

    /// A terminal is drawn over; anything else gets a line for each change.
    private func follow(_ client: ServerClient) async throws -> RolloutStatus {
        var screen = Screen()
        while true {
            let status = try await client.status(name)
            if output == .text || output == .table { screen.show(status) }
            if status.isSettled { return status }
            try await Task.sleep(for: .milliseconds(500))
        }
    }
}

extension RolloutStatus {
    /// Nothing is going to happen without a new wish.
    fileprivate var isSettled: Bool {
        (phase == .healthy || phase == .degraded || phase == .pending)
            && (routing?.isApplied != false || routing?.stray != nil)
    }
}

/// Draws the picture over itself, or prints a line where there is no terminal.
struct Screen {
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private var lines = 0
    private var last = ""

    mutating func show(_ status: RolloutStatus) {
        show(
            isTerminal
                ? StatusPicture(status).text : "\(status.name) \(status.phase.rawValue): \(status.message)")
    }

    mutating func show(_ text: String) {
        guard text != last else { return }
        last = text
        let up = isTerminal && lines > 0 ? "\u{1B}[\(lines)A\u{1B}[J" : ""
        let shown = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.prefix(width) }
        print(up + shown.joined(separator: "\n"))
        fflush(nil)
        lines = shown.count
    }

    /// A line that wraps would count for two when the picture is drawn over.
    private var width: Int {
        var size = winsize()
        let isKnown = isTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : .max
    }
}
