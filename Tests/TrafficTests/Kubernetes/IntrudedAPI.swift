import Kubernetes
import Synchronization
import Transport

/// A client beside which somebody else does something just before the first write.
final class IntrudedAPI: KubernetesAPI, KindDiscovery {
    private let api: KubernetesClient
    private let intruder: @Sendable () async -> Void
    private let writes = Mutex(0)

    init(_ api: KubernetesClient, _ intruder: @escaping @Sendable () async -> Void) {
        (self.api, self.intruder) = (api, intruder)
    }

    var writeCount: Int { writes.withLock(\.self) }

    func read(_ object: ObjectReference, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        try await api.read(object, urgency)
    }

    func list(_ query: ObjectQuery, _ urgency: Urgency) async throws(KubernetesError) -> ObjectList {
        try await api.list(query, urgency)
    }

    func write(_ write: ObjectWrite, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        let number = writes.withLock { writes in
            writes += 1
            return writes
        }
        if number == 1 { await intruder() }
        return try await api.write(write, urgency)
    }

    func served(among kinds: [ResourceKind]) async throws(KubernetesError) -> ResourceKind? {
        try await api.served(among: kinds)
    }

    func watch(_ query: ObjectQuery) -> AsyncStream<ObjectEvent> { api.watch(query) }
}
