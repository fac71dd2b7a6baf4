/// What Spinnaker's judge makes of all metrics together: 0 to 100.
package struct KayentaScore: Hashable, Sendable {
    /// One metric that is not muted, and the groups it is in.
    package struct Item: Hashable, Sendable {
        package let finding: KayentaJudge.Finding
        package let groups: [String]

        package init(_ finding: KayentaJudge.Finding, groups: [String]) {
            self.finding = finding
            self.groups = groups
        }
    }

    package let value: Double

    /// Groups without a weight share what the others leave of 100.
    package init(_ items: [Item], weights: [String: Double] = [:]) {
        value = Self.score(items, weights)
    }

    private static func score(_ items: [Item], _ weights: [String: Double]) -> Double {
        if items.contains(where: { $0.finding.isCritical && $0.finding.label != .pass }) { return 0 }
        let silent = items.filter { $0.finding.label == .noData }.count
        if items.isEmpty || silent * 2 >= items.count { return 0 }
        let groups = Set(items.flatMap(\.groups)).union(weights.keys).sorted()
        let unweighted = groups.filter { weights[$0] == nil }
        let rest = 100 - weights.values.reduce(0, +)
        let total = groups.reduce(0.0) { sum, group in
            let weight = weights[group] ?? rest / Double(unweighted.count)
            return sum + share(of: items.filter { $0.groups.contains(group) }) * weight
        }
        return (total * 100).rounded() / 100
    }

    /// A group in which nothing could be judged counts as good.
    private static func share(of items: [Item]) -> Double {
        let judged = items.map(\.finding.label).filter { [.pass, .high, .low, .noDataFailure].contains($0) }
        return judged.isEmpty ? 1 : Double(judged.filter { $0 == .pass }.count) / Double(judged.count)
    }
}
