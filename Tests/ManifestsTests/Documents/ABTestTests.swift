import Analysis
import Manifests
import Rollouts
import Testing

/// `strategy.abTest`.
struct ABTestTests {
    private func text(_ test: String, clusters: String = "[a, b, c]") -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: Rollout
        metadata: {name: shop}
        spec:
          strategy: {abTest: {trafficRouting: {envoy: {clusters: \(clusters)}}, \(test)}}
        """
    }

    private func plan(_ test: String) throws -> Plan {
        let set = load(text(test))
        #expect(set.errors == [])
        return try #require(set.declarations.first).plan
    }

    private let two = "arms: [{name: control}, {name: blue, share: 20}]"

    @Test func aTestByShareKeepsItsUsersAndAsksInTheEnd() throws {
        let plan = try plan("\(two), duration: 2d")
        #expect(
            plan.steps == [.setShares([.percent(20)]), .pause(.seconds(172_800)), .conclude(.ask)])
        #expect(plan.arms == ["blue"])
        #expect(plan.stickiness == Stickiness(cookie: "headgate-shop", maxAge: .seconds(30 * 86_400)))
    }

    @Test func aTestByRuleNeedsNoCookie() throws {
        let plan = try plan(
            "arms: [{name: control}, {name: blue, match: [{cookies: {beta: 'yes'}}]}], duration: 1h, then: keep"
        )
        let match = RequestMatch(cookies: [FieldMatch(name: "beta", value: .exact("yes"))])
        #expect(
            plan.steps == [
                .setRule(PlannedRule(name: "blue", matches: [match], deed: .send)), .pause(.seconds(3_600)),
                .conclude(.keep),
            ])
        #expect(plan.stickiness == nil)
    }

    @Test func sharesAndRulesAreCountedFromTheArmBesideControl() throws {
        let plan = try plan(
            "arms: [{name: control}, {name: blue, share: 20.5}, {name: green, match: [{path: /green}]}], duration: 1h"
        )
        #expect(plan.arms == ["blue", "green"])
        #expect(plan.steps[0] == .setShares([try #require(Weight(hundredthsOfPercent: 2_050)), .none]))
        #expect(
            plan.steps[1]
                == .setRule(
                    PlannedRule(
                        name: "green", matches: [RequestMatch(path: .exact("/green"))], deed: .send, arm: 1)))
        let exposure = plan.exposure(through: 2)
        #expect(exposure.shares.map(\.description) == ["20.5%", "0%"] && exposure.rules.map(\.arm) == [1])
    }

    @Test func aTestUntilSettledEndsByItsVerdict() throws {
        let analysis = "analysis: {templates: [{templateName: plain}]}"
        let plan = try plan("\(two), until: settled, \(analysis), then: promote")
        guard case .analysis(let metrics) = plan.steps[1] else {
            Issue.record("step 2 is \(plan.steps[1])")
            return
        }
        #expect(metrics.map(\.name) == ["plain"])
        #expect(plan.steps[2] == .conclude(.promote) && plan.background == nil)
    }

    @Test func aTestOfADurationIsWatchedMeanwhile() throws {
        let plan = try plan(
            "\(two), duration: 1h, analysis: {templates: [{templateName: plain}]}, bake: {duration: 1m}")
        #expect(plan.background?.metrics.map(\.name) == ["plain"] && plan.background?.startingStep == 0)
        #expect(plan.bake?.duration == .seconds(60))
    }

    @Test(arguments: [
        ("duration: 1h", "missing `arms`"),
        ("arms: [{name: a}], duration: 1h", "arms: needs two arms at least"),
        (
            "arms: [{name: a, share: 5}, {name: b, share: 5}], duration: 1h",
            "arms[0]: the first arm is the stable release"
        ),
        ("arms: [{name: a}, {name: b}], duration: 1h", "arms[1]: needs one of: share, match"),
        (
            "arms: [{name: a}, {name: b, share: 5, match: [{path: /}]}], duration: 1h",
            "has share and match; only one"
        ),
        (
            "arms: [{name: a}, {name: a, share: 5}], duration: 1h",
            #"arms[1]: a second arm "a" in the same test"#
        ),
        ("arms: [{name: a}, {name: B, share: 5}], duration: 1h", #"arms[1].name: "B" must be made of"#),
        ("arms: [{name: a}, {name: b.c, share: 5}], duration: 1h", #""b.c" must be made of a-z, 0-9 and -"#),
        ("arms: [{name: a}, {name: b, share: 100}], duration: 1h", "100 is more than 99.99"),
        (
            "arms: [{name: a}, {name: b, share: 50}, {name: c, share: 50}], duration: 1h",
            #"leave nothing for "a""#
        ),
        (
            "arms: [{name: a}, {name: b, share: 5}, {name: c, share: 5}, {name: d, share: 5}], duration: 1h",
            "has 4 arms and 3 clusters; each arm needs its own"
        ),
        (
            "arms: [{name: a}, {name: b, share: 5}, {name: c, share: 5}], duration: 1h, then: promote",
            "then: which of 2 arms wins needs a comparison; write `then: ask`"
        ),
        ("arms: [{name: a}, {name: b, share: 5}]", "needs one of: duration, until"),
        ("arms: [{name: a}, {name: b, share: 5}], duration: 1h, until: settled", "has duration and until"),
        ("arms: [{name: a}, {name: b, share: 5}], until: settled", "`until: settled` needs an `analysis`"),
        (
            "arms: [{name: a}, {name: b, share: 5}], duration: 1h, then: win",
            #"unknown name "win"; known: ask, keep, promote"#
        ),
        (
            "arms: [{name: a}, {name: b, match: [{path: /}]}], duration: 1h, stickiness: {}",
            "has stickiness and no arm with a share"
        ),
        ("arms: [{name: a}, {name: b, share: 5}], duration: 1h, steps: []", "unknown key `steps`"),
    ])
    func whatCannotBeMeantIsRefused(test: String, message: String) {
        let complaints = complaints(text(test))
        #expect(complaints.contains { $0.contains(message) }, "\(complaints)")
        #expect(load(text(test)).declarations.isEmpty)
    }

    @Test func aMetricThatNeverSettlesTheTestIsRefused() {
        let endless = template("interval: 10s\nsuccessCondition: result[0] > 0", name: "endless")
        let test = text("\(two), until: settled, analysis: {templates: [{templateName: endless}]}")
        let set = load(["r.yaml": test, "t.yaml": endless])
        #expect(
            set.errors.map(\.description).joined().contains(
                "so that it never settles the test; give it a count"))
    }
}
