import Kubernetes
import Transport

/// What a server has of what controllers look at, as its watches told it, and what they want done to it.
struct ServerCopy: ControlledObjects {
    enum Deed {
        case make(JSON, ResourceKind, namespace: String)
        case change(JSON, ResourceKind, Subresource?)
        case discard(JSON, ResourceKind)
    }

    static let kinds: [ResourceKind] = [
        .deployment, .replicaSet, .pod, .service, .endpointSlice, .job,
    ]

    /// In the order in which they are to be carried out.
    private(set) var deeds: [Deed] = []
    private var objects: [KindID: [ObjectKey: JSON]] = [:]
    /// The uids of what was deleted: watches may tell of it yet.
    private var gone: Set<String> = []
    private var count = 0

    /// Whether there was a list of everything: before that, what is missing may only be unknown.
    var isWhole: Bool { objects.count == Self.kinds.count }

    func all(_ kind: KindID) -> [JSON] {
        (objects[kind] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
    }

    var revision: Int { deeds.count }

    mutating func makeCount() -> Int {
        count += 1
        return count
    }

    mutating func make(_ object: JSON, _ kind: KindID, in namespace: String, at stamp: Stamp) {
        deeds.append(.make(object, kind.resource, namespace: namespace))
    }

    mutating func change(
        _ object: JSON, _ kind: KindID, _ subresource: Subresource?, at stamp: Stamp,
        _ edit: (inout JSON) -> Void
    ) {
        var changed = object
        edit(&changed)
        guard changed != object else { return }
        deeds.append(.change(changed, kind.resource, subresource))
    }

    mutating func discard(_ object: JSON, _ kind: KindID, at stamp: Stamp) {
        remove(object, kind.resource)
        deeds.append(.discard(object, kind.resource))
    }
}

// MARK: - What the server tells

extension ServerCopy {
    mutating func take(_ event: ObjectEvent, _ kind: ResourceKind) {
        switch event {
        case .listed(let list):
            objects[kind.id] = [:]
            for object in list { put(object, kind) }
        case .added(let object), .modified(let object): put(object, kind)
        case .deleted(let object): remove(object, kind)
        case .interrupted: break
        }
    }

    /// What is older than what is known is an echo.
    mutating func put(_ object: JSON, _ kind: ResourceKind) {
        let key = key(object, kind)
        let known = objects[kind.id]?[key]
        guard !gone.contains(object.uid), known == nil || object.version > known?.version ?? 0 else { return }
        objects[kind.id, default: [:]][key] = object
    }

    mutating func remove(_ object: JSON, _ kind: ResourceKind) {
        gone.insert(object.uid)
        let key = key(object, kind)
        if objects[kind.id]?[key]?.uid == object.uid { objects[kind.id]?[key] = nil }
    }

    mutating func takeDeeds() -> [Deed] {
        defer { deeds = [] }
        return deeds
    }

    /// What a controller made for something that is gone goes, too, as the garbage collector does it.
    mutating func discardOrphans(at stamp: Stamp) {
        let everything = Self.kinds.flatMap { kind in all(kind.id).map { (kind, $0) } }
        let present = Set(everything.map { $0.1.uid })
        let controllers = Set(Self.kinds.map(\.kind))
        for (kind, object) in everything {
            let owners = (object["metadata"]?["ownerReferences"]?.array ?? [])
                .filter { controllers.contains($0["kind"]?.string ?? "") }
            guard !owners.isEmpty, !owners.contains(where: { present.contains($0["uid"]?.string ?? "") })
            else { continue }
            discard(object, kind.id, at: stamp)
        }
    }

    private func key(_ object: JSON, _ kind: ResourceKind) -> ObjectKey {
        ObjectKey(kind: kind.id, namespace: object.namespace, name: object.name)
    }
}

extension KindID {
    fileprivate var resource: ResourceKind {
        guard let kind = ServerCopy.kinds.first(where: { $0.id == self }) else {
            preconditionFailure("controllers keep no \(plural); add it to ServerCopy.kinds")
        }
        return kind
    }
}

extension JSON {
    /// The versions of one object are numbers that grow.
    fileprivate var version: UInt64 { UInt64(self["metadata"]?["resourceVersion"]?.string ?? "") ?? 0 }
}
