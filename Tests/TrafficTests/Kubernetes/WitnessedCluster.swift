import Kubernetes
import Logging
import Synchronization
import TestCluster
import Testing
import Transport

@testable import Traffic

/// A test API server, asked by the real client, with somebody who sees every write that is carried out.
final class WitnessedCluster: KubernetesAPI, KindDiscovery {
    private struct Notes {
        var writes: [ObjectWrite] = []
        var urgencies: [Urgency] = []
        var failures: [KubernetesError] = []
        /// What somebody else does just before the next write.
        var intruder: (@Sendable (WitnessedCluster) -> Void)?
        var looks = 0
        /// What somebody else does just before a look.
        var atLook: (number: Int, deed: @Sendable () -> Void)?
    }

    @TaskLocal static var shared: WitnessedCluster?

    let server: Cluster
    private let client: KubernetesClient
    private let notes = Mutex(Notes())

    init(_ server: Cluster, http: CurlClient) {
        self.server = server
        client = KubernetesClient(
            ClusterAccess(server: server.url, connection: .init(proxy: .none)), sender: http,
            log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    var writes: [ObjectWrite] { notes.withLock { $0.writes } }
    var urgencies: [Urgency] { notes.withLock { $0.urgencies } }

    subscript(reference: ObjectReference) -> JSON? { server.object(reference) }

    func version(of reference: ObjectReference) -> String { self[reference]?.resourceVersion ?? "none" }

    /// By somebody else.
    func put(_ reference: ObjectReference, _ object: JSON) {
        var object = object
        object["apiVersion"] = .string(reference.kind.apiVersion)
        object["kind"] = .string(reference.kind.kind)
        object["metadata"]["name"] = .string(reference.name)
        object["metadata"]["resourceVersion"] = nil
        server.create(object, reference.kind, in: reference.namespace)
    }

    func edit(_ reference: ObjectReference, by manager: String = "kubectl-edit", _ body: (inout JSON) -> Void)
    {
        server.edit(reference, as: manager, body)
    }

    func remove(_ reference: ObjectReference) { server.delete(reference) }

    /// The next writes fail before they reach the server, in this order.
    func fail(_ failures: KubernetesError...) { notes.withLock { $0.failures += failures } }

    func beforeTheNextWrite(_ intruder: @escaping @Sendable (WitnessedCluster) -> Void) {
        notes.withLock { $0.intruder = intruder }
    }

    /// Before the next but so many reads.
    func beforeTheLook(_ number: Int, _ deed: @escaping @Sendable () -> Void) {
        notes.withLock { $0.atLook = ($0.looks + number, deed) }
    }

    func read(_ object: ObjectReference, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        let deed = notes.withLock { notes in
            notes.looks += 1
            return notes.atLook?.number == notes.looks ? notes.atLook?.deed : nil
        }
        deed?()
        return try await client.read(object, urgency)
    }

    func list(_ query: ObjectQuery, _ urgency: Urgency) async throws(KubernetesError) -> ObjectList {
        try await client.list(query, urgency)
    }

    func served(among kinds: [ResourceKind]) async throws(KubernetesError) -> ResourceKind? {
        try await client.served(among: kinds)
    }

    func write(_ write: ObjectWrite, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        let (intruder, failure) = notes.withLock { notes in
            notes.urgencies.append(urgency)
            defer { notes.intruder = nil }
            return (notes.intruder, notes.failures.isEmpty ? nil : notes.failures.removeFirst())
        }
        intruder?(self)
        if let failure { throw failure }
        let object = try await client.write(write, urgency)
        notes.withLock { $0.writes.append(write) }
        return object
    }

    func watch(_ query: ObjectQuery) -> AsyncStream<ObjectEvent> { client.watch(query) }
}

extension Trait where Self == ClusterTrait {
    /// Each test has a cluster of its own, `WitnessedCluster.shared`.
    static var cluster: Self { cluster([.virtualService, .destinationRule]) }

    static func cluster(_ kinds: Set<CustomKinds>) -> Self { ClusterTrait(kinds: kinds) }
}

struct ClusterTrait: SuiteTrait, TestTrait, TestScoping {
    let kinds: Set<CustomKinds>

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let http = CurlClient()
        do {
            try await withoutActuallyEscaping(function) { function in
                try await withCluster(kinds) { server in
                    let cluster = WitnessedCluster(server, http: http)
                    try await WitnessedCluster.$shared.withValue(cluster) { try await function() }
                }
            }
            await http.shutdown()
        } catch {
            await http.shutdown()
            throw error
        }
    }
}

/// The cluster of the test that runs.
func testCluster() -> WitnessedCluster {
    guard let cluster = WitnessedCluster.shared else {
        preconditionFailure("the suite needs the trait .cluster")
    }
    return cluster
}
