/// One release's instances, on their way from what they are to what they are to be.
package struct TransferSide: Hashable, Sendable {
    package var size: Int
    package var available: Int
    package var goal: Int

    package init(size: Int, available: Int, goal: Int) {
        self.size = size
        self.available = available
        self.goal = goal
    }

    /// What is counted available and is not asked for any more is on its way out.
    fileprivate var reliable: Int { min(size, available) }
}

/// The sizes to be given next, where instances come and go together: never more in all than the replicas and the
/// surge, and never fewer available than the replicas without what may be missing. The sides in the order in which
/// they are made up; they are taken down the other way around.
package func nextSizes(
    _ sides: [TransferSide], replicas: Int, maxSurge: Int, maxUnavailable: Int
) -> [Int] {
    // Neither would be no way at all.
    let missing = maxSurge == 0 ? max(maxUnavailable, 1) : maxUnavailable
    var room = max(0, replicas + maxSurge - sides.reduce(0) { $0 + $1.size })
    var sizes = sides.map { side in
        let up = min(room, max(0, side.goal - side.size))
        room -= up
        return side.size + up
    }
    var spare = max(0, sides.reduce(0) { $0 + $1.reliable } - (replicas - missing))
    for index in sides.indices.reversed() { sizes[index] -= sides[index].cut(&spare) }
    return sizes
}

extension TransferSide {
    /// How many go now. What is not available is no loss, and goes first.
    fileprivate func cut(_ spare: inout Int) -> Int {
        let surplus = max(0, size - goal)
        let lame = min(surplus, size - reliable)
        let sound = min(surplus - lame, spare)
        spare -= sound
        return lame + sound
    }
}
