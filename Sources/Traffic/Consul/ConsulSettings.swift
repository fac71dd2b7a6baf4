import Foundation
import Rollouts
package import Transport

/// Where a Consul is, how it is asked, and how far its routes are to be proved.
package struct ConsulSettings: Hashable, Sendable {
    /// An agent or a server: `http://127.0.0.1:8500`.
    package var address: String
    package var token: ConsulToken
    package var connection: ConnectionOptions
    /// How long the proxies are given to hear of other instances behind a subset before it gets requests.
    package var settle: Duration
    /// How far a route is to be proved. A level that can't be reached for want of means is left out, and the
    /// evidence says so.
    package var level: ProofLevel
    /// `http://prometheus:9090`, for the last level.
    package var prometheus: String?
    /// For one question.
    package var timeout: Duration
    /// How long Consul may keep a question about changes open.
    package var wait: Duration
    /// The pauses between two looks; the last one goes on.
    package var pauses: [Duration]
    /// How many looks at the counts of requests there are at most: where no traffic is, none can be observed.
    package var countsMax: Int

    package init(
        address: String, token: ConsulToken = .none, connection: ConnectionOptions = ConnectionOptions(),
        settle: Duration = .seconds(1), level: ProofLevel = .accepted, prometheus: String? = nil,
        timeout: Duration = .seconds(2), wait: Duration = .seconds(60),
        pauses: [Duration] = [20, 50, 100, 200, 400, 1_000].map { .milliseconds($0) }, countsMax: Int = 8
    ) {
        self.address = address
        self.token = token
        self.connection = connection
        self.settle = settle
        self.level = level
        self.prometheus = prometheus
        self.timeout = timeout
        self.wait = wait
        self.pauses = pauses
        self.countsMax = countsMax
    }
}

/// Where the token is that Consul's access lists want. It is read for every request, so that one that was replaced
/// is taken up without a restart.
package enum ConsulToken: Hashable, Sendable {
    case none
    case file(String)
    case environment(String)

    /// Without the line break at the end that an editor leaves there.
    func text() throws(ConsulError) -> String? {
        switch self {
        case .none: return nil
        case .environment(let name):
            guard let text = ProcessInfo.processInfo.environment[name], !text.isEmpty else {
                throw ConsulError(.unavailable, "consul: the variable \(name) holds no token; set it")
            }
            return text
        case .file(let path):
            do {
                return try String(contentsOfFile: path, encoding: .utf8)
                    .trimmingCharacters(in: .whitespacesAndNewlines)
            } catch {
                // Waited out like an outage: a rotation may be under way.
                throw ConsulError(.unavailable, "consul: can't read the token in \(path); put it there")
            }
        }
    }
}
