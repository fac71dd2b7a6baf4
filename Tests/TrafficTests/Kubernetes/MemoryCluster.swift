import Kubernetes
import Synchronization
import Transport

/// A small API server in memory: versions, patches, apply, watches, and failures on demand.
final class MemoryCluster: KubernetesAPI {
    private struct Store {
        var objects: [ObjectReference: JSON] = [:]
        var version = 100
        var writes: [ObjectWrite] = []
        var failures: [KubernetesError] = []
        var readers: [(query: ObjectQuery, continuation: AsyncStream<ObjectEvent>.Continuation)] = []
        var urgencies: [Urgency] = []
        /// What somebody else does just before the next write.
        var intruder: (@Sendable (MemoryCluster) -> Void)?
    }

    private let store = Mutex(Store())
    /// As API servers note it, with every write.
    let time = "2026-11-25T10:00:00Z"

    var writes: [ObjectWrite] { store.withLock { $0.writes } }
    var urgencies: [Urgency] { store.withLock { $0.urgencies } }

    subscript(reference: ObjectReference) -> JSON? {
        store.withLock { $0.objects[reference] }
    }

    /// By somebody else.
    func put(_ reference: ObjectReference, _ object: JSON, by manager: String = "kubectl-edit") {
        store.withLock { _ = save(object, at: reference, by: manager, in: &$0) }
    }

    func edit(_ reference: ObjectReference, by manager: String = "kubectl-edit", _ body: (inout JSON) -> Void)
    {
        store.withLock { store in
            guard var object = store.objects[reference] else { return }
            body(&object)
            _ = save(object, at: reference, by: manager, in: &store)
        }
    }

    func remove(_ reference: ObjectReference) {
        store.withLock { store in
            guard let object = store.objects.removeValue(forKey: reference) else { return }
            tell(.deleted(object), about: reference, in: store)
        }
    }

    /// The next writes fail, in this order.
    func fail(_ failures: KubernetesError...) { store.withLock { $0.failures += failures } }

    func beforeTheNextWrite(_ intruder: @escaping @Sendable (MemoryCluster) -> Void) {
        store.withLock { $0.intruder = intruder }
    }

    func read(_ object: ObjectReference, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        guard let found = self[object] else { throw KubernetesError(.missing, "\(object) is not there") }
        return found
    }

    func list(_ query: ObjectQuery, _ urgency: Urgency) async throws(KubernetesError) -> ObjectList {
        store.withLock { store in
            ObjectList(items: matching(query, in: store), resourceVersion: "\(store.version)")
        }
    }

    func write(_ write: ObjectWrite, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        let intruder = store.withLock { store in
            defer { store.intruder = nil }
            return store.intruder
        }
        intruder?(self)
        return try store.withLock { store throws(KubernetesError) in
            store.urgencies.append(urgency)
            if !store.failures.isEmpty { throw store.failures.removeFirst() }
            let object = try changed(store.objects[write.object], by: write)
            store.writes.append(write)
            return save(object, at: write.object, by: write.manager, in: &store)
        }
    }

    func watch(_ query: ObjectQuery) -> AsyncStream<ObjectEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: ObjectEvent.self)
        store.withLock { store in
            store.readers.append((query, continuation))
            continuation.yield(.listed(matching(query, in: store)))
        }
        return stream
    }
}

extension MemoryCluster {
    private func save(
        _ object: JSON, at reference: ObjectReference, by manager: String, in store: inout Store
    ) -> JSON {
        store.version += 1
        var saved = object
        saved["metadata"]["name"] = .string(reference.name)
        saved["metadata"]["namespace"] = reference.namespace.map(JSON.string)
        saved["metadata"]["resourceVersion"] = .string("\(store.version)")
        saved["metadata"]["managedFields"] = [
            [
                "manager": .string(manager), "time": .string(time),
                "fieldsV1": ["f:spec": ["f:http": [:], "f:subsets": [:]]],
            ]
        ]
        let isNew = store.objects.updateValue(saved, forKey: reference) == nil
        tell(isNew ? .added(saved) : .modified(saved), about: reference, in: store)
        return saved
    }

    private func tell(_ event: ObjectEvent, about reference: ObjectReference, in store: Store) {
        for reader in store.readers
        where reader.query.kind == reference.kind && reader.query.namespace == reference.namespace {
            reader.continuation.yield(event)
        }
    }

    private func matching(_ query: ObjectQuery, in store: Store) -> [JSON] {
        store.objects.filter { $0.key.kind == query.kind && $0.key.namespace == query.namespace }.map(\.value)
    }

    private func changed(_ object: JSON?, by write: ObjectWrite) throws(KubernetesError) -> JSON {
        guard let object else { throw KubernetesError(.missing, "\(write.object) is not there") }
        let version = object["metadata"]["resourceVersion"]
        switch write.deed {
        case .patch(let operations):
            var result = object
            for operation in operations {
                if case .replace("/metadata/resourceVersion", let wanted) = operation, wanted != version {
                    throw KubernetesError(.stale, "the object has been modified")
                }
                result = try result.patched(operation)
            }
            return result
        case .apply(let body, _):
            if let wanted = body["metadata"]["resourceVersion"], wanted != version {
                throw KubernetesError(.stale, "the object has been modified")
            }
            return object.merged(body)
        default:
            throw KubernetesError(.unsupported, "\(write.deed) is not for tests")
        }
    }
}

extension JSON {
    /// The lists of an applied object take the place of those that are there.
    func merged(_ other: JSON) -> JSON {
        guard case .object(var members) = self, case .object(let others) = other else { return other }
        for (key, value) in others { members[key] = members[key]?.merged(value) ?? value }
        return .object(members)
    }

    func patched(_ operations: [PatchOperation]) throws(KubernetesError) -> JSON {
        var result = self
        for operation in operations { result = try result.patched(operation) }
        return result
    }

    func patched(_ operation: PatchOperation) throws(KubernetesError) -> JSON {
        switch operation {
        case .add(let path, let value): try changed(steps(path)) { _ in value }
        case .replace(let path, let value):
            try changed(steps(path), mustExist: true) { _ in value }
        case .remove(let path): try changed(steps(path), mustExist: true) { _ in nil }
        case .test: throw KubernetesError(.unsupported, "no tests here")
        }
    }

    private func changed(
        _ path: [String], mustExist: Bool = false, _ change: (JSON?) -> JSON?
    ) throws(KubernetesError) -> JSON {
        guard let step = path.first else { return change(self) ?? .null }
        let rest = Array(path.dropFirst())
        if var items = array {
            guard let index = Int(step), index <= items.count else { throw missing(step) }
            if rest.isEmpty {
                guard !mustExist || index < items.count else { throw missing(step) }
                if mustExist { items.remove(at: index) }
                if let value = change(nil) { items.insert(value, at: index) }
            } else {
                guard index < items.count else { throw missing(step) }
                items[index] = try items[index].changed(rest, mustExist: mustExist, change)
            }
            return .array(items)
        }
        guard var members = object else { throw missing(step) }
        if rest.isEmpty {
            guard !mustExist || members[step] != nil else { throw missing(step) }
            members[step] = change(members[step])
        } else {
            guard let member = members[step] else { throw missing(step) }
            members[step] = try member.changed(rest, mustExist: mustExist, change)
        }
        return .object(members)
    }
}

private func missing(_ step: String) -> KubernetesError { KubernetesError(.invalid, "there is no \(step)") }

private func steps(_ pointer: String) -> [String] {
    pointer.split(separator: "/").map { String($0).replacing("~1", with: "/").replacing("~0", with: "~") }
}
