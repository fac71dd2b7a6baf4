import Analysis
import Foundation
import Rollouts
import Testing

/// What is looked at, and which look counts.
@Suite struct InspectionTests {
    private let noon = Moment(microseconds: 0)

    private func declaration(_ backends: [String] = ["web-a", "web-b"]) throws -> Declaration {
        let about = Metric(
            name: "success",
            query: Query(provider: "prometheus", text: #"rate{cluster="{{canary.backend}}"}"#),
            successCondition: "result[0] > 0.9")
        var job = about
        job.query = Query(provider: "job", text: "{}")
        return Declaration(
            name: RolloutName("checkout"),
            traffic: TrafficTarget(router: "envoy", backends: try #require(Backends(names: backends))),
            plan: Plan(
                steps: [.setWeight(try #require(Weight(percent: 20))), .analysis([about, job, about])],
                judgement: .safe),
            source: "rollouts/checkout.yaml", preflight: Preflight(requiresMTLS: true))
    }

    private func rollout(_ commands: Command...) throws -> Rollout {
        try commands.reduce(Rollout(name: RolloutName("checkout"))) {
            try $0.turn($1, by: "test", at: noon).next
        }
    }

    private func order(_ rollout: Rollout) throws -> InspectOrder {
        let orders = rollout.outstanding.compactMap { action -> InspectOrder? in
            if case .inspect(let order) = action { order } else { nil }
        }
        return try #require(orders.first)
    }

    /// v1 is stable, and v2 is looked at.
    private func started() throws -> Rollout {
        var rollout = try rollout(.declare(try declaration()), .start(release: "v1"))
        let look = Report.inspected(try order(rollout), findings: [])
        rollout = try rollout.turn(.report(look), by: "headgate", at: noon).next
        let since = try #require(rollout.routing?.since)
        let shown = Report.routed(since: since, evidence: "shown")
        rollout = try rollout.turn(.report(shown), by: "headgate", at: noon).next
        return try rollout.turn(.start(release: "v2"), by: "ci", at: noon).next
    }

    @Test func eachQueryIsAskedOnceAboutTheReleaseThatHasTheTraffic() throws {
        let inspection = try order(try started()).inspection
        #expect(inspection.queries.map(\.query.text) == [#"rate{cluster="web-a"}"#])
        #expect(inspection.stable == "web-a" && inspection.canaries == ["web-b"])
        #expect(inspection.isStart && inspection.requiresMTLS)
    }

    @Test func whoeverOnlyWantsToKnowIsToldTheSamePlaces() throws {
        let rollout = try rollout(.declare(try declaration()))
        let inspection = try #require(rollout.inspection)
        #expect(inspection.stable == nil && inspection.canaries == ["web-a"] && !inspection.isStart)
        #expect(inspection.queries.isEmpty, "there is no release to ask about")
        #expect(Rollout(name: RolloutName("none")).inspection == nil)
    }

    /// The look was called off because the manifest names another cluster now; what it came to is about the old one.
    @Test func aLookAtWhatIsReplacedSaysNothing() throws {
        let before = try started()
        let old = try order(before)
        let declared = try before.turn(
            .declare(try declaration(["web-a", "web-c"])), by: "git", at: noon
        ).next
        let turn = try declared.turn(.report(.inspected(old, findings: [])), by: "headgate", at: noon)
        #expect(turn.entries.isEmpty)
        #expect(try order(turn.next).inspection.canaries == ["web-c"])
    }

    @Test func whatIsRequiredWeighsMore() throws {
        let inspection = try order(try started()).inspection
        let plain = Finding(.warning, Finding.mtls, "shop", "plain text", why: "open", mend: "STRICT")
        let other = Finding(.warning, "endpoints", "shop", "nobody", why: "empty", mend: "deploy")
        #expect(inspection.weighed([other, plain]).map(\.severity) == [.error, .warning])
        #expect(inspection.weighed([other, plain]).map(\.check) == [Finding.mtls, "endpoints"])
    }

    @Test func whereOnlyAWarningIsWantedNothingIsRefused() throws {
        var declaration = try declaration()
        declaration.preflight = Preflight(onlyWarns: true)
        let inspection = try #require(try rollout(.declare(declaration)).inspection)
        let error = Finding(.error, "objects", "shop", "is gone", why: "it is needed", mend: "create it")
        let note = Finding(.note, "owner", "shop", "is git's", why: "good to know", mend: "nothing")
        let weighed = inspection.weighed([note, error])
        #expect(weighed.map(\.severity) == [.warning, .note] && weighed.refusal == nil)
        #expect(weighed.first?.check == "objects", "what was found is told all the same")
    }

    /// A journal of before the choice says nothing of it.
    @Test func whatWasDeclaredBeforeRefusesAsItDid() throws {
        let old = try JSONDecoder().decode(Preflight.self, from: Data(#"{"requiresMTLS": false}"#.utf8))
        #expect(old == Preflight() && old.onlyWarns == nil)
    }
}
