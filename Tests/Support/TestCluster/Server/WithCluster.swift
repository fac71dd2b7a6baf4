import Hummingbird
import Logging
import ServiceLifecycle

/// Runs a cluster on a free port of the loopback for as long as the body takes.
///
/// - Parameters:
///   - historyMax: How many changes are remembered; a watch that is further behind has to list again.
///   - keeper: Runs pods, where it is wanted; see `PodKeeper`.
package func withCluster(
    _ kinds: Set<CustomKinds> = [], historyMax: Int = 10_000, keeper: PodKeeper? = nil,
    _ body: @escaping @Sendable (Cluster) async throws -> Void
) async throws {
    let state = ClusterState(ServedKind.builtIn + kinds.map(\.served), historyMax: historyMax)
    let core = ClusterCore(state, keeper)
    let gate = HangGate()
    let (ports, port) = AsyncStream<Int>.makeStream()
    var logger = Logger(label: "test-cluster")
    // A connection that breaks is what many tests want.
    logger.logLevel = .critical
    let application = Application(
        responder: ClusterResponder(core: core, gate: gate),
        configuration: .init(address: .hostname("127.0.0.1", port: 0), backlog: 1024),
        onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) }, logger: logger)
    let group = ServiceGroup(services: [application], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask {
            defer { port.finish() }
            try await group.run()
        }
        tasks.addTask { await core.keepTime() }
        let outcome = await serve(ports, core, body)
        core.stop()
        gate.open()
        // Cancelling instead would break off connections while they write, which NIO takes for a mistake of ours.
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        try outcome.get()
    }
}

private func serve(
    _ ports: AsyncStream<Int>, _ core: ClusterCore,
    _ body: @escaping @Sendable (Cluster) async throws -> Void
) async -> Result<Void, any Error> {
    for await port in ports {
        do {
            let cluster = Cluster(url: "http://127.0.0.1:\(port)", core)
            cluster.ensureNamespace("default")
            return .success(try await body(cluster))
        } catch {
            return .failure(error)
        }
    }
    // The server failed; it throws why.
    return .success(())
}
