import Rollouts
import Testing

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
}
