import Foundation
import Lab
import Synchronization
import Transport

@testable import headgate

/// Looks at Envoy all the time and notes every split that it shows.
final class EnvoyEye: Sendable {
    struct Sight: Hashable {
        /// The sequence in the version that Envoy shows.
        let since: UInt64
        /// Millionths of the traffic on the first cluster.
        let a: UInt32
    }

    private let url: String
    private let http: any HTTPSender
    private let seen = Mutex<Set<Sight>>([])

    init(_ installation: Installation) {
        url = "\(installation.envoy.adminURL)/config_dump?resource=dynamic_route_configs"
        http = installation.http
    }

    var sights: Set<Sight> { seen.withLock { $0 } }

    func watching(isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Void) async throws
    {
        let watch = Task {
            while !Task.isCancelled {
                if let sight = try? await look() { seen.withLock { _ = $0.insert(sight) } }
                // Ends with the task.
                try? await Task.sleep(for: .milliseconds(4))
            }
        }
        defer { watch.cancel() }
        try await body()
    }

    private func look() async throws -> Sight? {
        let response = try await http.send(HTTPRequest(.get, url, timeout: .seconds(2)))
        let tree = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        guard let config = (tree?["configs"] as? [[String: Any]])?.first,
            let version = config["version_info"] as? String,
            let since = version.split(separator: ".").first.flatMap({ UInt64($0) }),
            let route = config["route_config"] as? [String: Any]
        else { return nil }
        let weights = Self.weights(in: route)
        return weights[Installation.backends[0]].map { Sight(since: since, a: $0) }
    }

    private static func weights(in route: [String: Any]) -> [String: UInt32] {
        let hosts = route["virtual_hosts"] as? [[String: Any]] ?? []
        let routes = hosts.flatMap { $0["routes"] as? [[String: Any]] ?? [] }
        let actions = routes.compactMap { $0["route"] as? [String: Any] }
        let clusters = actions.compactMap { $0["weighted_clusters"] as? [String: Any] }
            .flatMap { $0["clusters"] as? [[String: Any]] ?? [] }
        let pairs = clusters.compactMap { cluster -> (String, UInt32)? in
            guard let name = cluster["name"] as? String else { return nil }
            return (name, (cluster["weight"] as? NSNumber)?.uint32Value ?? 0)
        }
        return Dictionary(pairs) { first, _ in first }
    }
}

/// The product's own executable, which stands beside the tests.
func theProgram() throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let program = URL(filePath: tests).deletingLastPathComponent().appending(path: "headgate").path
    guard FileManager.default.isExecutableFile(atPath: program) else {
        throw CommandError("\(program) is not built; run `swift build`")
    }
    return program
}
