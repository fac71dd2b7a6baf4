import Kubernetes
import Transport

/// The way to an API server of a process that dies at its so-many-th write: that one is carried out, and nobody hears
/// of it, nor of anything after it.
actor MortalAPI: KubernetesAPI {
    private let api: any KubernetesAPI
    private var left: Int
    private(set) var writes: [ObjectWrite] = []

    init(_ api: any KubernetesAPI, writes: Int = .max) {
        self.api = api
        left = writes
    }

    func read(_ object: ObjectReference, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        try live()
        return try await api.read(object, urgency)
    }

    func list(_ query: ObjectQuery, _ urgency: Urgency) async throws(KubernetesError) -> ObjectList {
        try live()
        return try await api.list(query, urgency)
    }

    func write(_ write: ObjectWrite, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        try live()
        left -= 1
        writes.append(write)
        let object = try await api.write(write, urgency)
        try live()
        return object
    }

    nonisolated func watch(_ query: ObjectQuery) -> AsyncStream<ObjectEvent> { api.watch(query) }

    private func live() throws(KubernetesError) {
        guard left > 0 else { throw KubernetesError(.cancelled, "dead") }
    }
}
