import ArgumentParser
import Server

/// What all commands that want something of a rollout share.
struct WishOptions: ParsableArguments {
    @Argument(help: "The rollout.") var name: String
    @Option(name: .shortAndLong, help: "text, json or yaml.") var output: OutputFormat = .text
    @OptionGroup var server: ServerOptions

    func wish(_ verb: String, _ body: [String: any Sendable] = [:]) async throws {
        let answer = try await server.client().command(verb, name, body)
        switch output {
        case .json: print(try Output.json(answer))
        case .yaml: print(try Output.yaml(answer))
        case .text, .table: print(answer.sentence)
        }
    }
}

extension CommandAnswer {
    fileprivate var sentence: String {
        let change = changed ? "" : " (nothing to do)"
        let warning =
            durable
            ? "" : "\nthe journal can't be written: traffic goes back all the same, the record follows"
        return "\(status.name) \(status.phase.rawValue)\(change): \(status.message)\(warning)"
    }
}

struct Start: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Announce a release, as CI does by webhook.",
        discussion: "Example: headgate start checkout --release v2")

    @Option(help: "The release's name.") var release: String
    @OptionGroup var options: WishOptions

    func run() async throws { try await options.wish("start", ["release": release]) }
}

struct Promote: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "On to the next step, or all the way up.",
        discussion: """
            Says which step it saw: when two people promote the same step, one of them is refused.

            Example: headgate promote checkout --full
            Example: headgate promote checkout --arm blue
            """)

    @Flag(help: "Skip all remaining steps, pauses and analyses.") var full = false
    @Option(help: "The arm of a test that is to get all traffic; goes with --full, which it implies.")
    var arm: String?
    @Option(help: "The step that is to be passed (from 1); the current one without it.") var step: Int?
    @OptionGroup var options: WishOptions

    func run() async throws {
        if let arm { return try await options.wish("promote", ["full": true, "arm": arm]) }
        if full { return try await options.wish("promote", ["full": true]) }
        let seen: Int? =
            if let step { step } else { try await options.server.client().status(options.name).step?.number }
        try await options.wish("promote", seen.map { ["step": $0] } ?? [:])
    }
}

struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Hold a release where it is. Analyses go on, and a bad verdict still takes it back.",
        discussion: "Example: headgate pause checkout")

    @OptionGroup var options: WishOptions

    func run() async throws { try await options.wish("pause") }
}

struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let a paused release go on.", discussion: "Example: headgate resume checkout")

    @OptionGroup var options: WishOptions

    func run() async throws { try await options.wish("resume") }
}

struct Abort: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take all traffic back to the stable release, at once.",
        discussion: "Example: headgate abort checkout --reason 'errors in the log'")

    @Option(help: "Why, for the journal.") var reason: String?
    @OptionGroup var options: WishOptions

    func run() async throws { try await options.wish("abort", reason.map { ["reason": $0] } ?? [:]) }
}

struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Try the release that was taken back again, from the first step.",
        discussion: "Example: headgate retry checkout")

    @OptionGroup var options: WishOptions

    func run() async throws { try await options.wish("retry") }
}

struct Keep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "End a test in favour of the stable release: nothing was wrong with the other.",
        discussion: "Example: headgate keep checkout")

    @OptionGroup var options: WishOptions

    func run() async throws { try await options.wish("keep") }
}

struct Unqueue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Call off the release that waits for its start.",
        discussion: "Example: headgate unqueue checkout")

    @OptionGroup var options: WishOptions

    func run() async throws { try await options.wish("unqueue") }
}

struct Undo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Go back to an earlier stable release.",
        discussion: """
            A release that still runs (`status` calls it warm) gets all traffic at once. Any other climbs the steps,
            and has to be deployed before: better announce it from CI. `status` lists the earlier ones.

            Example: headgate undo checkout
            Example: headgate undo checkout --to v41
            """)

    @Option(help: "The release; the last stable one before this without it.") var to: String?
    @OptionGroup var options: WishOptions

    /// Names where to: when two people undo one release, it is gone back from once.
    func run() async throws {
        let target: String? =
            if let to { to } else { try await options.server.client().status(options.name).history.first }
        try await options.wish("undo", target.map { ["release": $0] } ?? [:])
    }
}

struct Override: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let a release advance in spite of the freeze that is in force.",
        discussion: """
            For this rollout and this window of this freeze only. Who did it and why stands in the history. A
            rollback needs none: no freeze holds it back.

            Example: headgate override checkout --reason 'fixes the outage of INC-204'
            """)

    @Option(help: "Why, for the history.") var reason: String
    @OptionGroup var options: WishOptions

    func run() async throws { try await options.wish("override", ["reason": reason]) }
}
