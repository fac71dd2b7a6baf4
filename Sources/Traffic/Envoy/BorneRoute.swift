import Rollouts

/// A RouteConfiguration as it was found, in a file or in Envoy; anybody may have written it.
struct BorneRoute: Hashable, Sendable {
    /// None where there is nothing to read.
    let version: String?
    let marks: RouteMarks?
    /// What it says that it bears beside the split; believed only where all of it is as Headgate writes it.
    let terms: RouteTerms?
    /// What the last route gives to each cluster. Empty where the shape is not one virtual host that ends with a
    /// route to weighted clusters.
    let weights: [String: Int]
    /// The rules before the split, and what else there is, in words.
    let words: [String]
    /// All of it, in a form that can be compared.
    private let content: [UInt8]

    /// Reads a file.
    init(parsing bytes: [UInt8]) {
        let file = JSONTree(parsing: bytes)
        self.init(version: file["version_info"], configuration: file["resources"].single)
    }

    init(version: JSONTree, configuration: JSONTree) {
        self.version = version.string
        marks = RouteMarks(configuration)
        terms = RouteTerms(configuration)
        let routes = configuration["virtual_hosts"].single["routes"].elements
        let split = routes.last ?? JSONTree(nil)
        weights = weightsByCluster(split["route"])
        words = wordsAbout(routes.dropLast(), split["route"])
        content = (configuration.value as? [String: Any]).map(JSONTree.bytes) ?? []
    }

    /// The route to a target's clusters; none where there are others, or where the shares don't make up the whole.
    func route(between backends: Backends) -> Route? {
        guard weights.count == backends.names.count else { return nil }
        var shares: [Place: Weight] = [:]
        for place in backends.places {
            let share = weights[backends.name(of: place)].flatMap { UInt32(exactly: $0) }
            guard let weight = share.flatMap(Weight.init(checking:)) else { return nil }
            shares[place] = weight
        }
        return Route(shares: shares, rules: terms?.rules ?? [], stickiness: terms?.stickiness)
    }
}

extension BorneRoute: CustomStringConvertible {
    /// `12.f00d (web-a 80%, web-b 20%; rule beta sends to web-b)`.
    var description: String {
        let sum = weights.values.reduce(0, +)
        let shares = weights.sorted { $0.key < $1.key }.map { name, weight in
            sum == Int(Weight.all.millionths)
                ? "\(name) \(percent(weight))" : "\(name) \(weight) of \(sum)"
        }
        let split = shares.isEmpty ? "routes of its own" : shares.joined(separator: ", ")
        return "\(version ?? "no version") (\(([split] + words).joined(separator: "; ")))"
    }
}

private func percent(_ millionths: Int) -> String {
    Weight(checking: UInt32(clamping: millionths))?.description ?? "?"
}

private func weightsByCluster(_ action: JSONTree) -> [String: Int] {
    let clusters = action["weighted_clusters"]["clusters"].elements
    var weights: [String: Int] = [:]
    for cluster in clusters {
        guard let name = cluster["name"].string else { return [:] }
        let weight = cluster["weight"].number ?? 0
        guard (0...Int(UInt32.max)).contains(weight) else { return [:] }
        weights[name, default: 0] += weight
    }
    return weights
}

private func wordsAbout(_ rules: some Swift.Sequence<JSONTree>, _ split: JSONTree) -> [String] {
    var words = mirrors(in: split).map { "everything is copied: \($0)" }
    if let cookie = split["hash_policy"].elements.first?["cookie"]["name"].string {
        words.append("users stay by cookie \(cookie)")
    }
    for rule in rules {
        guard let sentence = sentence(about: rule), !words.contains(sentence) else { continue }
        words.append(sentence)
    }
    return words
}

/// None for a route that has no name: part of the split.
private func sentence(about rule: JSONTree) -> String? {
    guard let name = rule["name"].string else { return nil }
    if let cluster = rule["route"]["cluster"].string { return "rule \(name) sends to \(cluster)" }
    let copies = mirrors(in: rule["route"])
    return copies.isEmpty
        ? "rule \(name) splits" : "rule \(name) copies \(copies.joined(separator: " and "))"
}

/// `50% to web-b`.
private func mirrors(in action: JSONTree) -> [String] {
    action["request_mirror_policies"].elements.map { mirror in
        let share = mirror["runtime_fraction"]["default_value"]["numerator"].number ?? 0
        return "\(percent(share)) to \(mirror["cluster"].string ?? "?")"
    }
}
