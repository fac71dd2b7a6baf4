import Analysis
import Foundation
import Manifests
import Rollouts
import Testing

/// The examples that people start from.
struct ExampleTests {
    private let set = ManifestSet.load(paths: ["rollouts", "analysis-templates"], root: repository)

    private static var repository: String {
        let up = ["Documents", "ManifestsTests", "Tests", "repository"]
        return up.reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }.path
    }

    private func plan(_ name: String) throws -> Plan {
        try #require(set.declarations.first { $0.name.text == name }).plan
    }

    @Test func noExampleHasAnError() {
        #expect(set.errors == [])
        let names = [
            "banner", "checkout", "guestbook", "payments", "prices", "ranking", "search", "shop",
        ]
        #expect(set.declarations.map(\.name.text) == names)
        #expect(set.freezes.rules.map(\.name) == ["weekends", "year-end"])
    }

    /// What is warned of in an example would be copied.
    @Test func onlyArgosPodsAreWarnedOf() {
        #expect(set.diagnostics.map(\.file) == ["rollouts/guestbook-argo.yaml"])
    }

    /// Without a mesh, with Services, as many of Argo's documents are.
    @Test func argosExampleRunsItsPodsWhereThatIsAskedFor() throws {
        let run = ManifestSet.load(
            paths: ["rollouts", "analysis-templates"], root: Self.repository, runsPods: true)
        #expect(run.errors == [])
        let guestbook = try #require(run.declarations.first { $0.name.text == "guestbook" })
        #expect(guestbook.workload?.division == .instances(canSurge: true))
    }

    @Test func theFreezesOfTheExamplesHoldWhomTheyName() throws {
        let frozen = { (name: String) in
            let declaration = try #require(set.declarations.first { $0.name.text == name })
            return set.freezes.freeze(of: declaration, at: Moment(microseconds: 1_798_200_000_000_000))?.name
        }
        #expect(try frozen("payments") == "year-end")
        #expect(try frozen("checkout") == nil && frozen("shop") == nil)
    }

    @Test func theShopsTestersAreServedUntilTheEnd() throws {
        let plan = try plan("shop")
        #expect(plan.exposure(through: plan.steps.count).rules.map(\.name) == ["testers"])
        #expect(plan.ruleOrder == ["testers", "warm-up"])
        let start = try #require(plan.background?.startingStep)
        #expect(plan.steps[start] == .setWeight(.percent(1)))
        #expect(plan.bake?.duration == .seconds(1_800))
    }

    @Test func pricesRunInThreePlaces() throws {
        let declaration = try #require(set.declarations.first { $0.name.text == "prices" })
        #expect(declaration.plan.arms == ["round", "odd"] && declaration.traffic.backends.names.count == 3)
    }

    @Test func checkoutClimbsInFourPausesAndIsWatched() throws {
        let plan = try plan("checkout")
        let half = try #require(Weight(hundredthsOfPercent: 50))
        #expect(
            plan.steps == [
                .setWeight(half), .pause(.seconds(60)), .setWeight(.percent(5)), .pause(.seconds(120)),
                .setWeight(.percent(25)), .pause(.seconds(180)), .setWeight(.percent(50)),
                .pause(.seconds(240)),
            ])
        #expect(plan.judgement == .safe)
        #expect(plan.background?.startingStep == 1)
        #expect(plan.background?.metrics.map(\.name) == ["success-rate", "latency"])
    }

    @Test func theQueriesOfCheckoutWaitForTheBackendOnly() throws {
        for metric in try plan("checkout").background?.metrics ?? [] {
            #expect(metric.query.text.contains("{{canary.backend}}"))
            #expect(!metric.filled { _ in "checkout-b" }.query.text.contains("{{"))
        }
    }

    @Test func theSuccessRateIsBirthSafeOnCompletedRequests() throws {
        let query = try #require(try plan("checkout").background?.metrics.first).query.text
        #expect(query.contains("upstream_rq_completed"))
        #expect(query.contains("unless"))
        #expect(!query.contains("upstream_rq_total"))
    }

    @Test func guestbookKeepsArgosMeaning() throws {
        let plan = try plan("guestbook")
        #expect(plan.judgement == .argo)
        #expect(plan.steps.count == 5)
        guard case .analysis(let metrics) = plan.steps[2] else {
            Issue.record("step 3 is \(plan.steps[2])")
            return
        }
        #expect(metrics[0].query.text.contains(#"service="guestbook",version="{{canary.release}}""#))
        #expect(metrics[0].count == 5 && metrics[0].failureLimit == 1)
    }
}
