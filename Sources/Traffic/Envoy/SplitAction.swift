import Rollouts

/// Envoy's weighted clusters for the shares of a route.
struct SplitAction {
    private let backends: Backends
    private let route: Route

    init(_ backends: Backends, _ route: Route) {
        (self.backends, self.route) = (backends, route)
    }

    var document: [String: Any] {
        guard let stickiness = route.stickiness else { return ["weighted_clusters": ["clusters": clusters]] }
        let split: [String: Any] = ["clusters": stickyClusters, "use_hash_policy": true]
        return ["weighted_clusters": split, "hash_policy": stickiness.hashPolicy]
    }

    private var shares: [Int] { backends.places.map { Int(route.weight(of: $0).millionths) } }

    private var clusters: [[String: Any]] { zip(backends.names, shares).map(cluster) }

    /// Envoy counts through the list until it comes to a user's number: of two, one begins at the start and the
    /// other one ends at the end.
    private var stickyClusters: [[String: Any]] {
        guard shares.count > 2 else { return clusters }
        return stretches(of: shares).map { cluster(backends.names[$0.owner], $0.length) }
    }

    private func cluster(_ name: String, _ weight: Int) -> [String: Any] { ["name": name, "weight": weight] }
}

/// A run of numbers that users may have, and the index of the place that has them.
struct Stretch: Hashable {
    let owner: Int
    let length: Int
}

/// Lays shares out so that a place that grows takes users from one that shrinks, and from none else.
///
/// Side by side, a place that grows would push its neighbour along. So each has an equal part of all numbers for
/// its home and grows in there; what others leave of their homes goes to those that need more than their own.
/// Nobody else moves as long as only one place has more than its home, besides the one that shrinks.
func stretches(of shares: [Int]) -> [Stretch] {
    let whole = shares.reduce(0, +)
    let homes = shares.indices.map { whole * ($0 + 1) / shares.count - whole * $0 / shares.count }
    var excess = zip(shares, homes).map { max($0 - $1, 0) }
    var stretches: [Stretch] = []
    for (index, home) in homes.enumerated() {
        let own = min(shares[index], home)
        stretches.append(Stretch(owner: index, length: own))
        var room = home - own
        for other in excess.indices where min(excess[other], room) > 0 {
            let taken = min(excess[other], room)
            stretches.append(Stretch(owner: other, length: taken))
            excess[other] -= taken
            room -= taken
        }
    }
    return stretches
}
