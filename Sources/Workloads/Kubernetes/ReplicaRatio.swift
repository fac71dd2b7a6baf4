package import Rollouts

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

/// How far two releases are on their way to a ratio.
package struct RatioStep: Hashable, Sendable {
    package struct Side: Hashable, Sendable {
        package var size: Int
        package var available: Int

        package init(size: Int, available: Int) {
            self.size = size
            self.available = available
        }
    }

    package var canary: Side
    package var stable: Side
    /// Instances of releases that are neither.
    package var others: Side

    package init(canary: Side, stable: Side, others: Side = Side(size: 0, available: 0)) {
        self.canary = canary
        self.stable = stable
        self.others = others
    }

    /// The sizes to be given next: never more in all than the replicas and the surge, and never fewer available than
    /// the replicas without what may be missing.
    package func next(
        towards goal: ReplicaRatio, replicas: Int, maxSurge: Int, maxUnavailable: Int
    ) -> ReplicaRatio {
        let room = max(0, replicas + maxSurge - canary.size - stable.size - others.size)
        let stableUp = min(room, max(0, goal.stable - stable.size))
        let canaryUp = min(room - stableUp, max(0, goal.canary - canary.size))
        // What is not available is no loss, and goes first.
        let available = canary.reliable + stable.reliable + others.reliable
        var spare = max(0, available - (replicas - maxUnavailable))
        let canaryDown = canary.cut(to: goal.canary, &spare)
        let stableDown = stable.cut(to: goal.stable, &spare)
        return ReplicaRatio(
            canary: canary.size + canaryUp - canaryDown, stable: stable.size + stableUp - stableDown)
    }
}

extension RatioStep.Side {
    fileprivate var reliable: Int { min(size, available) }

    /// How many go now; the available ones among them are taken from what can be spared.
    fileprivate func cut(to goal: Int, _ spare: inout Int) -> Int {
        let surplus = max(0, size - goal)
        let lame = min(surplus, size - reliable)
        let sound = min(surplus - lame, spare)
        spare -= sound
        return lame + sound
    }
}
