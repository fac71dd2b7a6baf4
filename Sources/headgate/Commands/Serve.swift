import ArgumentParser
import Foundation
import Logging
import Transport

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the controller.",
        discussion: """
            SIGTERM ends it in bounded time: no more wishes are taken, and the writes that are on their way to the
            mesh arrive first. What is left goes on at the next start.

            With `kubernetes.leaderElection` or `consul.leaderElection` in the configuration it waits until no other
            process leads. One that can't renew its lease ends with exit code 1, before another takes over.

            Example: headgate serve --config /etc/headgate/headgate.yaml
            """)

    @Option(help: "The configuration; see deploy/headgate.yaml.") var config: String

    func run() async throws {
        let configuration = try ServerConfiguration.read(config)
        let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = label == "headgate" ? level : max(level, .warning)
            return handler
        }
        let http = CurlClient()
        let cluster = try configuration.kubernetes?.client(http)
        if let candidate = Candidate(configuration, http, cluster) { return try await candidate.run() }
        let house = try await ServerHouse(configuration, http, cluster)
        try await house.run()
    }
}
