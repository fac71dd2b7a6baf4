import Testing

@testable import Kubernetes

@Suite struct BucketTests {
    @Test func aBurstIsAllowedAndThenTheRate() {
        var bucket = Bucket(PaceLimits(perSecond: 10, burst: 2, atOnce: 9))
        #expect(bucket.take(at: .zero) == .go)
        #expect(bucket.take(at: .zero) == .go)
        #expect(bucket.take(at: .zero) == .after(.milliseconds(100)))
        #expect(bucket.take(at: .milliseconds(100)) == .go)
        #expect(bucket.take(at: .milliseconds(150)) == .after(.milliseconds(50)))
    }

    @Test func restDoesNotAddUpBeyondTheBurst() {
        var bucket = Bucket(PaceLimits(perSecond: 10, burst: 2, atOnce: 9))
        for _ in 0..<2 { #expect(bucket.take(at: .seconds(3_600)) == .go) }
        #expect(bucket.take(at: .seconds(3_600)) != .go)
    }

    @Test func onlySoManyRunAtOnce() {
        var bucket = Bucket(PaceLimits(perSecond: 10, burst: 9, atOnce: 1))
        #expect(bucket.take(at: .zero) == .go)
        #expect(bucket.take(at: .zero) == .whenOneEnds)
        bucket.giveBack()
        #expect(bucket.take(at: .zero) == .go)
    }

    @Test func aClosedBucketOpensAtTheLatestTimeThatWasAskedFor() {
        var bucket = Bucket(PaceLimits())
        bucket.close(for: .seconds(5), at: .seconds(1))
        bucket.close(for: .seconds(1), at: .seconds(2))
        #expect(bucket.take(at: .seconds(3)) == .after(.seconds(3)))
        #expect(bucket.take(at: .seconds(6)) == .go)
    }

    @Test func aClockThatStepsBackEmptiesNothing() {
        var bucket = Bucket(PaceLimits(perSecond: 1, burst: 1, atOnce: 9))
        _ = bucket.take(at: .seconds(9))
        #expect(bucket.take(at: .seconds(8)) == .after(.seconds(1)))
    }
}
