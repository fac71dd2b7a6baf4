import Synchronization
import TestCluster

/// Looks at Services and their weights all the time, and notes what must never be.
final class PodEye: Sendable {
    private let server: PodServer
    private let notes = Mutex<[String]>([])
    private let looks = Mutex<Int>(0)

    init(_ server: PodServer) {
        self.server = server
    }

    /// What was seen and must never be, in words.
    var mishaps: [String] { notes.withLock { $0 } }
    var count: Int { looks.withLock { $0 } }

    func watching(_ body: () async throws -> Void) async throws {
        let watch = Task {
            var last: Sight?
            while !Task.isCancelled {
                if let sight = Sight(server) {
                    looks.withLock { $0 += 1 }
                    let found = sight.mishaps(after: last)
                    notes.withLock { $0 += found }
                    last = sight
                }
                // Ends with the task.
                try? await Task.sleep(for: .milliseconds(1))
            }
        }
        defer { watch.cancel() }
        try await body()
    }
}

private struct Sight {
    let weights: [String: Int]
    let selected: [String: String]
    let reached: [String: Int]

    /// None where something changed while it was looked at.
    init?(_ server: PodServer) {
        let revision = server.cluster.revision
        (weights, selected, reached) = (server.weights, server.selected, server.reached)
        guard server.cluster.revision == revision else { return nil }
    }

    func mishaps(after last: Sight?) -> [String] {
        PodServer.services.filter { (weights[$0] ?? 0) > 0 }.flatMap { service -> [String] in
            let former = last?.selected[service]
            let wasCarrying = (last?.weights[service] ?? 0) > 0
            // A Service that selected all pods, and now a release's, has lost none that it needs.
            let isMoved = wasCarrying && former != nil && former != selected[service]
            // Before the first release nobody can be reached.
            let isEmpty = former != nil && reached[service] == 0
            return (isMoved ? ["\(service) was pointed elsewhere while it carried \(weights)"] : [])
                + (isEmpty ? ["\(service) carries \(weights) and reaches no pod"] : [])
        }
    }
}
