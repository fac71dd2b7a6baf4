import ArgumentParser
import Journal

struct JournalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "Look after the journal.", subcommands: [JournalVerify.self])
}

struct JournalVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that nobody changed the past: each entry bears the hash of the one before it.",
        discussion: """
            Works while a server writes to the journal. Exits 1 where the chain is broken.

            Example: headgate journal verify /var/lib/headgate/journal.sqlite
            """)

    @Argument(help: "The journal's file.") var path: String
    @Option(name: .shortAndLong, help: "text or json.") var output: OutputFormat = .text

    func run() async throws {
        let journal = try EventJournal.openReading(at: path)
        let verification = try await journal.verify()
        switch output {
        case .json, .yaml: print(try Output.json(Report(verification)))
        case .text, .table: print(verification)
        }
        if verification.flaw != nil { throw ExitCode.failure }
    }

    private struct Report: Encodable {
        let ok: Bool
        let entries: Int
        let head: String
        let flaw: String?

        init(_ verification: Verification) {
            ok = verification.flaw == nil
            entries = verification.count
            head = verification.head.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            flaw = verification.flaw.map { "\($0)" }
        }
    }
}
