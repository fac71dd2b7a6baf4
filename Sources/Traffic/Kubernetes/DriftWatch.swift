import Kubernetes
import Rollouts
import Transport

/// Watches the objects that routes were written to, and tells whose routes somebody else may have changed.
///
/// One watch for each kind in each namespace, however many rollouts have objects there.
actor DriftWatch {
    private let api: any KubernetesAPI
    /// What was last seen in each object by the engine's eyes, rollout by rollout.
    private var known: [ObjectReference: [RolloutName: Glimpse]] = [:]
    private var watches: [ObjectQuery: Task<Void, Never>] = [:]
    /// How many orders of a rollout are being carried out.
    private var busy: [RolloutName: Int] = [:]
    /// Seen meanwhile: it may be our own write, of which nobody has told us yet.
    private var held: [RolloutName: [ObjectReference: Glimpse?]] = [:]
    private let disturbances = Disturbances()

    init(_ api: any KubernetesAPI) {
        self.api = api
    }

    deinit {
        for watch in watches.values { watch.cancel() }
    }

    /// The next rollout whose object is not as the engine knows it; none when closed. For one reader.
    func next() async -> RolloutName? {
        await disturbances.next()
    }

    /// From here on until `end`, changes may be our own.
    func begin(_ rollout: RolloutName) {
        busy[rollout, default: 0] += 1
    }

    func end(_ rollout: RolloutName) {
        busy[rollout, default: 1] -= 1
        guard busy[rollout] == 0 else { return }
        busy[rollout] = nil
        for (reference, glimpse) in held.removeValue(forKey: rollout) ?? [:] {
            judge(glimpse, at: reference, for: rollout)
        }
    }

    /// The engine has seen the object like this, or has made it so.
    func learn(_ object: JSON, at reference: ObjectReference, of rollout: RolloutName) {
        let glimpse = Glimpse(object, rollout)
        if let last = known[reference]?[rollout], glimpse.isOlder(than: last) { return }
        known[reference, default: [:]][rollout] = glimpse
        follow(reference)
    }

    func close() {
        for watch in watches.values { watch.cancel() }
        watches = [:]
        disturbances.close()
    }
}

extension DriftWatch {
    private func follow(_ reference: ObjectReference) {
        let query = ObjectQuery(reference.kind, in: reference.namespace)
        guard watches[query] == nil, !disturbances.isClosed else { return }
        let events = api.watch(query)
        watches[query] = Task { [weak self] in
            for await event in events { await self?.take(event, query) }
        }
    }

    private func take(_ event: ObjectEvent, _ query: ObjectQuery) {
        switch event {
        case .listed(let objects):
            let present = Dictionary(objects.map { ($0.name, $0) }) { _, last in last }
            for reference in known.keys where ObjectQuery(reference.kind, in: reference.namespace) == query {
                look(at: present[reference.name], reference)
            }
        case .added(let object), .modified(let object): look(at: object, query.reference(to: object))
        case .deleted(let object): look(at: nil, query.reference(to: object))
        case .interrupted: break
        }
    }

    private func look(at object: JSON?, _ reference: ObjectReference) {
        for rollout in (known[reference] ?? [:]).keys.sorted() {
            let glimpse = object.map { Glimpse($0, rollout) }
            if busy[rollout] != nil {
                held[rollout, default: [:]].updateValue(glimpse, forKey: reference)
            } else {
                judge(glimpse, at: reference, for: rollout)
            }
        }
    }

    private func judge(_ glimpse: Glimpse?, at reference: ObjectReference, for rollout: RolloutName) {
        guard let last = known[reference]?[rollout] else { return }
        // An echo of a write that has been followed by another one.
        if let glimpse, glimpse.isOlder(than: last) || glimpse.content == last.content { return }
        disturbances.add(rollout)
    }
}

/// The part of an object that a rollout's route depends on.
private struct Glimpse: Hashable {
    let version: String?
    let content: JSON

    init(_ object: JSON, _ rollout: RolloutName) {
        version = object.resourceVersion
        var content: JSON = [:]
        content["spec"] = object["spec"]
        content["mark"] = object.annotations[ObjectMark.key(of: rollout)]
        self.content = content
    }

    /// Versions of one object are numbers that grow; where they are none, nothing is known.
    func isOlder(than other: Glimpse) -> Bool {
        guard let version = version.flatMap({ UInt64($0) }), let other = other.version.flatMap({ UInt64($0) })
        else { return false }
        return version < other
    }
}

extension ObjectQuery {
    fileprivate func reference(to object: JSON) -> ObjectReference {
        ObjectReference(kind, object.name, in: object["metadata"]["namespace"]?.string ?? namespace)
    }
}

extension JSON {
    var name: String { self["metadata"]["name"]?.string ?? "" }
}
