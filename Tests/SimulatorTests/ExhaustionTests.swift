import Analysis
import Rollouts
import Simulator
import Testing

/// All orders of events, of plans that are small enough.
@Suite struct ExhaustionTests {
    @Test func noOrderOfEventsLeadsAstray() {
        for (name, search) in Self.searches {
            print("exhaustive search, \(name): \(search.states) states, \(search.moves) moves")
            #expect(!search.isCutShort, "\(name) is too large to be searched")
            #expect(search.states > 50, "\(name)")
            for finding in search.findings.prefix(3) {
                Issue.record("\(name): \(finding.text)\n  \(finding.path.joined(separator: "\n  "))")
            }
        }
    }

    /// What each wish comes to in each stage. A change of this table is a change of what people may do.
    @Test func eachWishIsTakenOrRefusedForItsReason() {
        var answers: [String: Set<String>] = [:]
        for (_, search) in Self.searches {
            answers.merge(search.answers) { $0.union($1) }
        }
        #expect(answers["empty + abort"] == ["notRunning"])
        #expect(answers["resting + promote"] == ["notRunning"])
        #expect(answers["resting + retry"] == ["taken", "nothingToRetry"], "a test that was kept")
        #expect(answers["resting + pause"] == ["notRunning"])
        #expect(answers["resting + override"] == ["notFrozen"])
        #expect(answers["aborted + abort"] == ["notRunning"])
        #expect(answers["aborted + start v2"]?.contains("abortedBefore") == true)
        #expect(answers["pausing for a person + undo"] == ["inFlight"])
        #expect(answers["pausing for a person + abort"] == ["taken"])
        #expect(answers["routing + promote"]?.contains("notApplied") == true)
        #expect(answers["summiting + promote"] == [Refusal.summiting.description])
        #expect(answers["analysing + promote"] == ["taken"])
        #expect(answers["pausing for a person + keep"] == ["taken"])
        #expect(answers["resting + keep"] == ["notRunning"])
        #expect(answers["resting + unqueue"] == ["nothingQueued"])
    }

    /// Once for all tests of this suite.
    private static let searches: [(String, Exhaustion)] = plans.map { name, plan in
        var search = Exhaustion(declaration(plan))
        search.run()
        return (name, search)
    }

    private static var plans: [(String, Plan)] {
        [
            (
                "a weight and a pause",
                Plan(
                    steps: [.setWeight(percent(10)), .pause(nil)], judgement: .safe)
            ),
            (
                "an analysis",
                Plan(steps: [.setWeight(percent(10)), .analysis([metric(count: 1)])], judgement: .safe)
            ),
            (
                "a background analysis",
                Plan(
                    steps: [.pause(.seconds(9))],
                    background: BackgroundAnalysis(metrics: [metric(count: nil)]), judgement: .safe)
            ),
            (
                "a bake",
                Plan(steps: [.setWeight(percent(10))], judgement: .safe, bake: Bake(duration: .seconds(9)))
            ),
            ("a gate", Plan(steps: [.setWeight(percent(10)), .gate(gate)], judgement: .safe)),
        ]
    }

    private static var gate: Gate { Gate(name: "qa", url: "https://qa.example", deadline: .seconds(60)) }

    private static func metric(count: Int?) -> Metric {
        Metric(
            name: "errors", query: Query(provider: "prometheus", text: "errors"), interval: .seconds(5),
            count: count,
            successCondition: "result[0] == 1", consecutiveErrorLimit: 0)
    }

    private static func declaration(_ plan: Plan) -> Declaration {
        Declaration(
            name: RolloutName("shop"),
            traffic: TrafficTarget(router: "envoy", backends: Backends(a: "a", b: "b")),
            plan: plan, source: "rollouts/shop.yaml")
    }
}
