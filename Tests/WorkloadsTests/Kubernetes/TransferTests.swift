import Rollouts
import Testing

@testable import Workloads

/// From a ratio to another.
@Suite struct TransferTests {
    /// Instances become available, or don't, in any order: the bounds hold all the way, and the way ends.
    @Test func theWayStaysWithinItsBoundsAndArrives() throws {
        for replicas in 1...12 {
            for (surge, missing) in [(1, 0), (0, 1), (2, 1), (1, 2), (0, 0)] {
                for percent in stride(from: 0, through: 100, by: 10) {
                    try walk(percent, replicas, surge, min(missing, replicas))
                }
            }
        }
    }

    private func walk(_ percent: Int, _ replicas: Int, _ surge: Int, _ missing: Int) throws {
        let weight = try #require(Weight(percent: percent))
        let goal = ReplicaRatio(weight, of: replicas, canSurge: surge > 0)
        let goals = [goal.stable, goal.canary]
        var sides = [
            TransferSide(size: replicas, available: replicas, goal: goal.stable),
            TransferSide(size: 0, available: 0, goal: goal.canary),
        ]
        let least = replicas - (surge == 0 ? max(missing, 1) : missing)
        for _ in 0..<100 {
            let next = nextSizes(sides, replicas: replicas, maxSurge: surge, maxUnavailable: missing)
            #expect(next.reduce(0, +) <= replicas + surge)
            for index in sides.indices {
                sides[index].size = next[index]
                sides[index].available = min(sides[index].available, next[index])
            }
            #expect(sides.reduce(0) { $0 + $1.available } >= least)
            if next == goals { return }
            for index in sides.indices { sides[index].available = next[index] }
        }
        Issue.record("\(percent) of \(replicas) with \(surge) and \(missing) never arrives")
    }

    @Test func whatIsNotAvailableIsNoLossAndGoesFirst() {
        let broken = TransferSide(size: 3, available: 0, goal: 0)
        let stable = TransferSide(size: 7, available: 7, goal: 10)
        #expect(nextSizes([stable, broken], replicas: 10, maxSurge: 2, maxUnavailable: 1) == [9, 0])
    }

    @Test func theOldestGoFirst() {
        let sides = [
            TransferSide(size: 4, available: 4, goal: 3), TransferSide(size: 0, available: 0, goal: 1),
            TransferSide(size: 2, available: 2, goal: 0),
        ]
        #expect(nextSizes(sides, replicas: 4, maxSurge: 1, maxUnavailable: 0) == [4, 0, 0])
    }
}
