import Transport

/// Where an object lies.
struct ObjectKey: Hashable, Comparable, Sendable {
    let kind: KindID
    let namespace: String
    let name: String

    static func < (one: ObjectKey, other: ObjectKey) -> Bool {
        (one.namespace, one.name) < (other.namespace, other.name)
    }
}

/// One change of one object.
struct Change: Sendable {
    let revision: Int
    let key: ObjectKey
    /// None: it was created.
    let old: JSON?
    /// None: it was deleted.
    let new: JSON?
}

/// All objects, numbered changes, and the last of those.
struct Storage: Sendable {
    private(set) var objects: [KindID: [ObjectKey: JSON]] = [:]
    private(set) var revision = firstRevision
    private(set) var history: [Change] = []
    /// A watch may begin here at the earliest.
    private(set) var oldestRevision = firstRevision
    let historyMax: Int

    /// A server has written much of its own before anybody asks; from there, no watch begins.
    private static let firstRevision = 100

    init(historyMax: Int) {
        self.historyMax = historyMax
    }

    subscript(key: ObjectKey) -> JSON? { objects[key.kind]?[key] }

    /// Ordered by namespace and name, as lists are.
    func all(_ kind: KindID) -> [(key: ObjectKey, value: JSON)] {
        (objects[kind] ?? [:]).sorted { $0.key < $1.key }
    }

    /// Keeps an object, numbered.
    mutating func put(_ object: JSON, at key: ObjectKey) -> JSON {
        revision += 1
        var object = object
        object["metadata"]?["resourceVersion"] = JSON(String(revision))
        note(key, old: self[key], new: object)
        objects[key.kind, default: [:]][key] = object
        return object
    }

    /// The last state, with the number of the deletion.
    @discardableResult
    mutating func remove(_ key: ObjectKey) -> JSON? {
        guard var last = objects[key.kind]?.removeValue(forKey: key) else { return nil }
        revision += 1
        note(key, old: last, new: nil)
        last["metadata"]?["resourceVersion"] = JSON(String(revision))
        return last
    }

    /// Forgets all changes: no watch can go on from before now.
    mutating func forgetHistory() {
        history = []
        revision += 1
        oldestRevision = revision
    }

    func changes(of kind: KindID, after start: Int) -> [Change] {
        history.filter { $0.revision > start && $0.key.kind == kind }
    }

    private mutating func note(_ key: ObjectKey, old: JSON?, new: JSON?) {
        history.append(Change(revision: revision, key: key, old: old, new: new))
        guard history.count > historyMax else { return }
        oldestRevision = history.removeFirst().revision
    }
}
