/// How many instances of two releases come nearest to a weight, where nothing but the number of instances divides the
/// traffic: as Argo Rollouts does it, to the letter.
package struct ReplicaRatio: Hashable, Sendable {
    package let canary: Int
    package let stable: Int

    package init(canary: Int, stable: Int) {
        self.canary = canary
        self.stable = stable
    }

    /// The pair that is nearest. It may be one more than the replicas where more are allowed for a while. A weight
    /// that is neither nothing nor all has an instance on either side, wherever there is room for two.
    package init(_ weight: Weight, of replicas: Int, canSurge: Bool) {
        guard replicas > 0 else {
            self.init(canary: 0, stable: 0)
            return
        }
        let isWhole = weight == .none || weight == .all || (replicas == 1 && !canSurge)
        let totals = canSurge ? [replicas, replicas + 1] : [replicas]
        let pairs = totals.flatMap { neighbours(of: weight, among: $0, isWhole: isWhole) }
        // The first of several that are as near: the one without an extra instance, with more on the canary.
        let nearest = pairs.min { $0.distance(to: weight) < $1.distance(to: weight) }
        self = nearest ?? ReplicaRatio(canary: 0, stable: replicas)
    }

    private func distance(to weight: Weight) -> Double {
        let share = Double(canary) / Double(canary + stable)
        return abs(share - Double(weight.millionths) / Double(Weight.all.millionths))
    }
}

private func neighbours(of weight: Weight, among total: Int, isWhole: Bool) -> [ReplicaRatio] {
    let all = Int(Weight.all.millionths)
    let (down, rest) = (total * Int(weight.millionths)).quotientAndRemainder(dividingBy: all)
    let up = rest == 0 ? down : down + 1
    let fits = { (count: Int) in isWhole || (0 < count && count < total) }
    // Half an instance is rounded up, where that leaves one for the stable release.
    let counts = rest * 2 == all && fits(up) ? [up] : [up, down]
    return counts.filter(fits).map { ReplicaRatio(canary: $0, stable: total - $0) }
}
