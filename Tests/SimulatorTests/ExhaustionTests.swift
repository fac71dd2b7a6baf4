import Analysis
import Foundation
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

    /// What each wish comes to in each stage, in every state that the searches reached, stands in `Wishes.txt`: a change
    /// of it is a change of what people may do. `HEADGATE_REWRITE=1 swift test --filter ExhaustionTests` writes down
    /// what is seen now; read the diff.
    @Test func eachWishIsTakenOrRefusedForItsReason() throws {
        var answers: [String: Set<String>] = [:]
        for (_, search) in Self.searches { answers.merge(search.answers) { $0.union($1) } }
        let lines = answers.sorted { $0.key < $1.key }.map { pair, answers in
            "\(pair): \(answers.sorted().joined(separator: " | "))"
        }
        let seen = lines.joined(separator: "\n") + "\n"
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Wishes.txt")
        if ProcessInfo.processInfo.environment["HEADGATE_REWRITE"] != nil {
            try seen.write(to: file, atomically: true, encoding: .utf8)
        }
        let written = try String(contentsOf: file, encoding: .utf8)
        #expect(Set(seen.split(separator: "\n")) == Set(written.split(separator: "\n")))
    }

    /// Once for all tests of this suite.
    private static let searches: [(String, Exhaustion)] = plans.map { name, plan in
        var search = Exhaustion(declaration(plan, runs: name == "instances"))
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
            ("instances", Plan(steps: [.setWeight(percent(10)), .pause(nil)], judgement: .safe)),
            (
                "a test of two arms",
                Plan(
                    steps: [.setShares([percent(10), percent(10)]), .conclude(.ask)], judgement: .safe,
                    arms: ["blue", "red"])
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

    private static func declaration(_ plan: Plan, runs: Bool) -> Declaration {
        let places = plan.armCount > 1 ? ["a", "b", "c"] : ["a", "b"]
        let workload = WorkloadTarget(controller: "kubernetes", release: "v1", replicas: 3)
        return Declaration(
            name: RolloutName("shop"),
            traffic: TrafficTarget(
                router: "envoy", backends: Backends(names: places) ?? Backends(a: "a", b: "b")),
            plan: plan, source: "rollouts/shop.yaml", workload: runs ? workload : nil)
    }
}
