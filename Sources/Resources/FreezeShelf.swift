import Kubernetes
import Manifests
import Transport

/// The Freeze objects of a cluster as they were last seen, and what they come to. Pure.
///
/// One that is broken leaves its last good version in force; one that was broken from the start holds all of its
/// namespace, as a file with such a freeze does.
struct FreezeShelf: Sendable {
    private(set) var freezes = ClusterFreezes()
    /// What is wrong with those that were read last.
    private(set) var complaints: [String] = []
    private let queries: [ObjectQuery]
    private var listed: Set<ObjectQuery> = []
    /// By namespace, then by name.
    private var objects: [String: [String: JSON]] = [:]

    init(_ settings: ResourceSettings) {
        queries = settings.freezeQueries
    }

    /// Whether all are known.
    var isWhole: Bool { queries.allSatisfy(listed.contains) }

    /// Whether anything changed by what a watch tells.
    mutating func take(_ event: ObjectEvent, _ query: ObjectQuery) -> Bool {
        complaints = []
        switch event {
        case .listed(let list): return replaceAll(list, query)
        case .added(let object), .modified(let object): return put(object)
        case .deleted(let object): return remove(object)
        case .interrupted(let error):
            // A cluster without the kind has no freezes.
            let isNone = error.kind == .missing || error.kind == .unsupported
            return isNone ? listed.insert(query).inserted : false
        }
    }

    private mutating func replaceAll(_ list: [JSON], _ query: ObjectQuery) -> Bool {
        let isFirst = listed.insert(query).inserted
        let places = query.namespace.map { [$0] } ?? Array(objects.keys)
        let former = objects
        for place in places { objects[place] = nil }
        for object in list { objects[object.namespace, default: [:]][object.objectName] = object.content }
        let all = Set(places).union(list.map(\.namespace))
        let changed = all.filter { former[$0] != objects[$0] }
        for place in changed { read(place) }
        return isFirst || !changed.isEmpty
    }

    private mutating func put(_ object: JSON) -> Bool {
        guard objects[object.namespace]?[object.objectName] != object.content else { return false }
        objects[object.namespace, default: [:]][object.objectName] = object.content
        read(object.namespace)
        return true
    }

    private mutating func remove(_ object: JSON) -> Bool {
        guard objects[object.namespace]?.removeValue(forKey: object.objectName) != nil else { return false }
        read(object.namespace)
        return true
    }

    private mutating func read(_ namespace: String) {
        let documents = (objects[namespace] ?? [:]).sorted { $0.key < $1.key }.map { name, content in
            let source = ClusterSource.prefix + "\(namespace)/freezes.headgate.dev/\(name)"
            return YAMLDocument(root: YAMLNode(content, in: source))
        }
        let manifests = ManifestSet.load(documents)
        complaints += manifests.errors.map(\.description)
        freezes.books[namespace] =
            documents.isEmpty ? nil : manifests.freezes(after: freezes.books[namespace])
    }
}
