import Testing
import Transport

@testable import Lab

@Suite struct LoadResultTests {
    private let began = ContinuousClock.now

    @Test(arguments: [
        (LoadResult.Reply.answered(release: "v1", status: 200), LoadResult.Verdict.good),
        (.answered(release: nil, status: 200), .good),
        (.answered(release: "v1", status: 503), .failedByRelease),
        (.answered(release: nil, status: 503), .failedByShift),
        (.answered(release: nil, status: 404), .failedByShift),
        (.failed(.timeout), .failedByShift),
        (.failed(.connect), .failedByShift),
    ])
    func aFailureBelongsToWhoeverAnswered(_ reply: LoadResult.Reply, _ verdict: LoadResult.Verdict) {
        #expect(reply.verdict == verdict)
    }

    @Test func aRequestCountsInTheTenthOfASecondInWhichItWasSent() {
        var result = LoadResult(began: began)
        result.note(
            .answered(release: "v1", status: 200), sent: began + .milliseconds(250), latency: .seconds(3))
        result.note(
            .answered(release: "v2", status: 500), sent: began + .milliseconds(99), latency: .seconds(1))
        #expect(result.slices.map(\.good) == [0, 0, 1])
        #expect(result.slices.map(\.failedByRelease) == [1, 0, 0])
        #expect(result.byRelease == ["v1": 1, "v2": 1])
        #expect(result.latency(quantile: 0.5) == .seconds(3))
    }
}
