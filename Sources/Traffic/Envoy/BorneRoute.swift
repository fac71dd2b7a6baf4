import Rollouts

/// A RouteConfiguration as it was found, in a file or in Envoy; anybody may have written it.
struct BorneRoute: Hashable, Sendable {
    /// None where there is nothing to read.
    let version: String?
    let marks: RouteMarks?
    /// By cluster. Empty where the shape is not one virtual host with one route to weighted clusters.
    let weights: [String: Int]

    /// Reads a file.
    init(parsing bytes: [UInt8]) {
        let file = JSONTree(parsing: bytes)
        self.init(version: file["version_info"], configuration: file["resources"].single)
    }

    init(version: JSONTree, configuration: JSONTree) {
        self.version = version.string
        marks = RouteMarks(configuration["metadata"]["filter_metadata"][RouteMarks.namespace])
        weights = weightsByCluster(configuration["virtual_hosts"].single["routes"].single["route"])
    }

    /// The split between a target's two clusters; none where there are others, or where they don't make up
    /// the whole.
    func route(between backends: TrafficTarget.Backends) -> Route? {
        guard weights.count == 2, let a = weights[backends.a], let b = weights[backends.b] else { return nil }
        guard let a = UInt32(exactly: a), let weight = Weight(checking: a) else { return nil }
        return b == Int(weight.complement.millionths) ? Route(weight, to: .a) : nil
    }
}

extension BorneRoute: CustomStringConvertible {
    /// `12.f00d (web-a 80%, web-b 20%)`.
    var description: String {
        let sum = weights.values.reduce(0, +)
        let shares = weights.sorted { $0.key < $1.key }.map { name, weight in
            sum == Int(Weight.all.millionths)
                ? "\(name) \(Weight(checking: UInt32(clamping: weight))?.description ?? "?")"
                : "\(name) \(weight) of \(sum)"
        }
        let split = shares.isEmpty ? "routes of its own" : shares.joined(separator: ", ")
        return "\(version ?? "no version") (\(split))"
    }
}

extension RouteMarks {
    fileprivate init?(_ metadata: JSONTree) {
        guard let rollout = metadata["rollout"].string, let journal = metadata["journal"].string,
            let since = metadata["since"].string.flatMap({ Sequence($0) })
        else { return nil }
        self.init(rollout: rollout, since: since, journal: journal)
    }
}

private func weightsByCluster(_ action: JSONTree) -> [String: Int] {
    let clusters = action["weighted_clusters"]["clusters"].elements
    let pairs = clusters.compactMap { cluster in
        cluster["name"].string.map { ($0, cluster["weight"].number ?? 0) }
    }
    // A name that comes twice is nobody's form of ours.
    guard pairs.count == clusters.count, Set(pairs.map(\.0)).count == pairs.count else { return [:] }
    return Dictionary(uniqueKeysWithValues: pairs.filter { $0.1 >= 0 && $0.1 <= Int(UInt32.max) })
}
