import Rollouts
import Testing

@testable import Workloads

@Suite struct ReplicaRatioTests {
    private func ratio(_ percent: Int, of replicas: Int, canSurge: Bool) throws -> [Int] {
        let weight = try #require(Weight(percent: percent))
        let ratio = ReplicaRatio(weight, of: replicas, canSurge: canSurge)
        return [ratio.canary, ratio.stable]
    }

    @Test(arguments: [
        (10, 10, [1, 9]), (5, 10, [1, 9]), (25, 10, [3, 7]), (24, 10, [2, 8]), (99, 10, [9, 1]),
        (50, 3, [2, 1]), (1, 2, [1, 1]), (99, 2, [1, 1]), (0, 10, [0, 10]), (100, 10, [10, 0]),
        // One replica, and no room for another: a half or more is all.
        (50, 1, [1, 0]), (49, 1, [0, 1]), (0, 0, [0, 0]),
    ])
    func thePairIsTheNearestToTheWeight(percent: Int, replicas: Int, pair: [Int]) throws {
        #expect(try ratio(percent, of: replicas, canSurge: false) == pair)
    }

    @Test(arguments: [
        // 2 of 6 is nearer to 33 % than 2 of 5 is; 1 of 4 is exactly 25 %.
        (33, 5, [2, 4]), (25, 3, [1, 3]), (50, 1, [1, 1]), (1, 1, [1, 1]), (50, 3, [2, 2]),
        (10, 10, [1, 9]), (100, 3, [3, 0]), (0, 3, [0, 3]),
    ])
    func oneMoreMayComeNearer(percent: Int, replicas: Int, pair: [Int]) throws {
        #expect(try ratio(percent, of: replicas, canSurge: true) == pair)
    }

    @Test func bothReleasesHaveInstancesWhereTheWeightIsNeitherNothingNorAll() throws {
        for replicas in 2...30 {
            for percent in 1...99 {
                for canSurge in [false, true] {
                    let pair = try ratio(percent, of: replicas, canSurge: canSurge)
                    #expect(pair.allSatisfy { $0 > 0 }, "\(percent) of \(replicas): \(pair)")
                    #expect(pair.reduce(0, +) - replicas <= (canSurge ? 1 : 0))
                }
            }
        }
    }

    /// Instances become available, or don't, in any order: the bounds hold all the way, and the way ends.
    @Test func theWayStaysWithinItsBoundsAndArrives() throws {
        for replicas in 1...12 {
            for (surge, missing) in [(1, 0), (0, 1), (2, 1), (1, 2)] {
                for percent in stride(from: 0, through: 100, by: 10) {
                    try walk(percent, replicas, surge, min(missing, replicas))
                }
            }
        }
    }

    private func walk(_ percent: Int, _ replicas: Int, _ surge: Int, _ missing: Int) throws {
        let weight = try #require(Weight(percent: percent))
        let goal = ReplicaRatio(weight, of: replicas, canSurge: surge > 0)
        var step = RatioStep(
            canary: .init(size: 0, available: 0), stable: .init(size: replicas, available: replicas))
        for _ in 0..<100 {
            let next = step.next(
                towards: goal, replicas: replicas, maxSurge: surge, maxUnavailable: missing)
            #expect(next.canary + next.stable <= replicas + surge)
            step.canary = .init(size: next.canary, available: min(step.canary.available, next.canary))
            step.stable = .init(size: next.stable, available: min(step.stable.available, next.stable))
            #expect(step.canary.available + step.stable.available >= replicas - missing)
            if next == goal { return }
            step.canary.available = next.canary
            step.stable.available = next.stable
        }
        Issue.record("\(percent) of \(replicas) with \(surge) and \(missing) never arrives")
    }
}
