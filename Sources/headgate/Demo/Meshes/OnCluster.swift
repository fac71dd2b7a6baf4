import Synchronization
import TestCluster

/// Runs the body beside an API server, for what it finds out.
func onCluster<Value: Sendable>(
    _ kinds: Set<CustomKinds>, _ body: @escaping @Sendable (Cluster) async throws -> Value
) async throws -> Value {
    let outcome = Mutex<Value?>(nil)
    try await withCluster(kinds) { cluster in
        let value = try await body(cluster)
        outcome.withLock { $0 = value }
    }
    // Without an outcome and without an error, the server ended before the body began.
    guard let value = outcome.withLock({ $0 }) else { throw CommandError("the test cluster did not start") }
    return value
}
