import Analysis
import Testing

/// A run whose metrics look at something that is staged for them.
@Suite struct ExperimentTests {
    private let start = Moment(microseconds: 0)

    private func metric(
        _ name: String, _ part: ExperimentPart, interval: Duration? = nil, delay: Duration = .zero
    )
        -> Metric
    {
        Metric(
            name: name, query: Query(provider: "p", text: name), interval: interval, initialDelay: delay,
            part: part)
    }

    /// The stage, a minute, a required metric that is measured once, and a companion without an end.
    private func run() -> AnalysisRun {
        AnalysisRun(
            metrics: [
                metric("stage", .stage, interval: .seconds(1)),
                metric("duration", .required, delay: .seconds(60)),
                metric("smoke", .required), metric("errors", .companion, interval: .seconds(10)),
            ], judgement: .safe, startedAt: start)
    }

    private func count(_ phase: Measurement.Phase, _ run: inout AnalysisRun, _ metric: Int, at seconds: Int64)
    {
        let moment = Moment(microseconds: seconds * 1_000_000)
        run.count(Measurement(phase: phase, startedAt: moment, finishedAt: moment), ofMetric: metric)
    }

    @Test func nothingIsLookedAtBeforeItIsStaged() {
        var run = run()
        #expect(run.due(0) == start)
        #expect([1, 2, 3].allSatisfy { run.due($0) == nil })
        count(.successful, &run, 0, at: 20)
        #expect(run.due(2) == start + .seconds(20) && run.due(3) == start + .seconds(20))
        #expect(run.due(1) == start + .seconds(80), "the time begins when all is there")
    }

    @Test func itIsOverWhenAllThatItWaitsForIs() {
        var run = run()
        count(.successful, &run, 0, at: 20)
        count(.successful, &run, 2, at: 21)
        count(.successful, &run, 3, at: 21)
        #expect(run.verdict == nil)
        count(.successful, &run, 1, at: 80)
        #expect(run.verdict == .successful)
        #expect(run.due(0) == nil && run.due(3) == nil, "the stage and who looks on end with it")
    }

    @Test func whoLooksOnMayEndItBadly() {
        var run = run()
        count(.successful, &run, 0, at: 20)
        count(.failed, &run, 3, at: 21)
        #expect(run.verdict == .failed)
    }

    @Test func aStageThatCollapsesEndsIt() {
        var run = run()
        count(.failed, &run, 0, at: 20)
        #expect(run.verdict == .failed)
    }
}
