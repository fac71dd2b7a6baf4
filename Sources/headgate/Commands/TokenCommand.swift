import ArgumentParser
import Foundation
import Journal
import Server

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Give people and programs access to the HTTP API.",
        subcommands: [TokenCreate.self])
}

struct TokenCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a token and print it: it is stored as a hash and can't be shown again.",
        discussion: """
            The first token is made beside a server that does not run yet, with --config. Later ones are made by a
            running server for somebody with the role admin (--server, --token-file).

            Examples:
              headgate token create alice --role admin --config headgate.yaml
              headgate token create ci-dashboard --role viewer --token-file admin.token
            """)

    @Argument(help: "Who gets it; the journal says token:NAME of what they do.") var name: String
    @Option(help: "viewer (look), operator (command rollouts) or admin (make tokens).") var role: Role
    @Option(help: "The configuration of the server, which must not run.") var config: String?
    @Flag(help: "Print the token and nothing else.") var quiet = false
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let token =
            if let config { try await local(config) } else {
                try await server.client().makeToken(name, role).token
            }
        print(quiet ? token : "token for \(name) (\(role.rawValue)), shown once:\n\(token)")
    }

    private func local(_ config: String) async throws -> String {
        let journal = try EventJournal.open(at: try ServerConfiguration.read(config).journal)
        defer {
            // The process ends here; the kernel lets go of the file whatever this says.
            try? journal.close()
        }
        return try await Tokens(journal: journal).issue(name: name, role: role, by: "command line")
    }
}

extension Role: ExpressibleByArgument {}
