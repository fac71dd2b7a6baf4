/// All kinds that a cluster serves.
struct Catalog: Sendable {
    private(set) var kinds: [ServedKind]
    private var places: [KindID: Int]

    init(_ kinds: [ServedKind]) {
        self.kinds = kinds
        places = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($1.id, $0) })
    }

    mutating func add(_ kind: ServedKind) {
        if let place = places[kind.id] { return kinds[place] = kind }
        places[kind.id] = kinds.count
        kinds.append(kind)
    }

    subscript(id: KindID) -> ServedKind? { places[id].map { kinds[$0] } }

    func kind(_ kind: String, group: String) -> ServedKind? {
        kinds.first { $0.kind == kind && $0.group == group }
    }

    /// `["networking.istio.io": ["v1", "v1beta1"]]`, without the core group.
    var versions: [(group: String, versions: [String], preferred: String)] {
        let groups = Set(kinds.map(\.group)).subtracting([""]).sorted()
        return groups.map { group in
            let members = kinds.filter { $0.group == group }
            let versions = Set(members.flatMap(\.schemas.keys)).sorted(by: isPreferred)
            return (group, versions, versions.first ?? "")
        }
    }
}

/// Stable before beta before alpha, higher before lower.
private func isPreferred(_ one: String, _ other: String) -> Bool {
    func rank(_ version: String) -> Int {
        version.contains("alpha") ? 2 : version.contains("beta") ? 1 : 0
    }
    return rank(one) == rank(other) ? one > other : rank(one) < rank(other)
}
