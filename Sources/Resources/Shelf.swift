import Kubernetes
import Manifests
import Transport

/// The resources of a cluster as they were last seen, and which rollouts are to be read again. Pure.
struct Shelf: Sendable {
    private let settings: ResourceSettings
    private(set) var rollouts: [RolloutKey: Sighting] = [:]
    /// By kind and namespace (empty for cluster-wide ones), then by name.
    private var templates: [TemplatePlace: [String: JSON]] = [:]
    private var listed: Set<ObjectQuery> = []
    /// Rollouts that changed, or whose templates did, or that are gone.
    private var stale: Set<RolloutKey> = []

    private struct TemplatePlace: Hashable, Sendable {
        let kind: ResourceKind
        let namespace: String
    }

    /// What somebody else did to a Rollout's status.
    struct Meddling: Hashable, Sendable {
        let key: RolloutKey
        let before: Sighting
        let after: Sighting
    }

    init(_ settings: ResourceSettings) {
        self.settings = settings
    }

    /// Whether everything was listed once: before that, a template that is missing may be on its way.
    var isWhole: Bool { settings.queries.allSatisfy(listed.contains) }

    /// The rollouts to be read now; from here on they are not stale any more.
    mutating func takeStale() -> Set<RolloutKey> {
        guard isWhole else { return [] }
        defer { stale = [] }
        return stale
    }

    mutating func makeStale(_ keys: some Sequence<RolloutKey>) { stale.formUnion(keys) }

    /// Takes in what a write of our own made of a Rollout.
    mutating func noteOwn(_ object: JSON, _ key: RolloutKey) {
        let sighting = Sighting(object)
        if let known = rollouts[key], sighting.isNoNewer(than: known) { return }
        if rollouts[key]?.content != sighting.content { stale.insert(key) }
        rollouts[key] = sighting
    }
}

// MARK: - Taking in what a watch tells

extension Shelf {
    mutating func take(_ event: ObjectEvent, _ query: ObjectQuery) -> [Meddling] {
        switch event {
        case .listed(let objects):
            return replaceAll(objects, query)
        case .added(let object), .modified(let object):
            return put(object, query).map { [$0] } ?? []
        case .deleted(let object):
            remove(object, query)
            return []
        case .interrupted(let error):
            // A kind that the cluster doesn't have has no objects.
            if error.kind == .missing || error.kind == .unsupported { listed.insert(query) }
            return []
        }
    }

    private mutating func replaceAll(_ objects: [JSON], _ query: ObjectQuery) -> [Meddling] {
        listed.insert(query)
        if let group = query.rolloutGroup {
            let present = Set(objects.map { RolloutKey(group, $0) })
            let gone = rollouts.keys.filter { key in
                key.group == group && !present.contains(key)
                    && (query.namespace == nil || query.namespace == key.namespace)
            }
            for key in gone { forget(key) }
        } else {
            let places = templates.keys.filter { place in
                place.kind == query.kind
                    && (query.namespace == nil || query.namespace == place.namespace)
            }
            for place in places {
                templates[place] = nil
                spoil(place)
            }
        }
        return objects.compactMap { put($0, query) }
    }

    private mutating func put(_ object: JSON, _ query: ObjectQuery) -> Meddling? {
        guard let group = query.rolloutGroup else {
            putTemplate(object, query.kind)
            return nil
        }
        let (key, new) = (RolloutKey(group, object), Sighting(object))
        guard let old = rollouts[key] else {
            rollouts[key] = new
            stale.insert(key)
            return nil
        }
        if new.isNoNewer(than: old) { return nil }
        rollouts[key] = new
        if new.content != old.content || new.isDeleting != old.isDeleting || new.uid != old.uid {
            stale.insert(key)
        }
        return new.uid == old.uid && new.status != old.status
            ? Meddling(key: key, before: old, after: new) : nil
    }

    private mutating func remove(_ object: JSON, _ query: ObjectQuery) {
        if let group = query.rolloutGroup { return forget(RolloutKey(group, object)) }
        let place = TemplatePlace(kind: query.kind, namespace: object.namespace)
        templates[place]?[object.objectName] = nil
        spoil(place)
    }

    private mutating func forget(_ key: RolloutKey) {
        rollouts[key] = nil
        stale.insert(key)
    }

    private mutating func putTemplate(_ object: JSON, _ kind: ResourceKind) {
        let place = TemplatePlace(kind: kind, namespace: object.namespace)
        let content = object.content
        guard templates[place]?[object.objectName] != content else { return }
        templates[place, default: [:]][object.objectName] = content
        spoil(place)
    }

    /// Rollouts of either group may refer to it.
    private mutating func spoil(_ place: TemplatePlace) {
        stale.formUnion(
            rollouts.keys.filter { place.namespace.isEmpty || place.namespace == $0.namespace })
    }
}

// MARK: - Reading

extension Shelf {
    /// What these rollouts say, each with the templates that it may refer to.
    ///
    /// All of them must be of one group and one namespace: they share what can be referred to.
    func read(_ keys: [RolloutKey]) -> ManifestSet {
        guard let first = keys.first else {
            return ManifestSet.load([YAMLDocument](), runsPods: settings.runsPods)
        }
        let own = keys.compactMap { key in
            rollouts[key].map { YAMLDocument(root: YAMLNode($0.content, in: key.source)) }
        }
        let documents = own + templates(for: first.group, in: first.namespace)
        return ManifestSet.load(documents, runsPods: settings.runsPods)
    }

    /// Those of the rollout's own group first; of the other group what has no namesake.
    private func templates(for group: ResourceGroup, in namespace: String) -> [YAMLDocument] {
        let groups = [group] + settings.groups.filter { $0 != group }
        var documents: [YAMLDocument] = []
        for kind in [\ResourceGroup.templates, \.clusterTemplates] {
            var names: Set<String> = []
            for group in groups {
                let kind = group[keyPath: kind]
                let place = TemplatePlace(kind: kind, namespace: kind.isNamespaced ? namespace : "")
                for (name, content) in (templates[place] ?? [:]).sorted(by: { $0.key < $1.key })
                where names.insert(name).inserted {
                    let source =
                        ClusterSource.prefix + (place.namespace.isEmpty ? "" : place.namespace + "/")
                        + "\(kind.plural).\(kind.group)/\(name)"
                    documents.append(YAMLDocument(root: YAMLNode(content, in: source)))
                }
            }
        }
        return documents
    }
}

extension ObjectQuery {
    /// Of which group's Rollouts it tells; none where it tells of something else.
    fileprivate var rolloutGroup: ResourceGroup? {
        ResourceGroup.allCases.first { $0.rollouts == kind }
    }
}

extension RolloutKey {
    fileprivate init(_ group: ResourceGroup, _ object: JSON) {
        self.init(group: group, namespace: object.namespace, name: object.objectName)
    }
}

extension JSON {
    /// Empty where it has none.
    var namespace: String { self["metadata"]["namespace"]?.string ?? "" }
    var objectName: String { self["metadata"]["name"]?.string ?? "" }
}
