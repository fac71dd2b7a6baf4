import Analysis
import Foundation
import Manifests
import Rollouts
import Testing

/// What `headgate plan` says.
struct PlanDescriptionTests {
    private func description(_ text: String) throws -> PlanDescription {
        let set = load(text)
        #expect(set.errors == [])
        return describe(try #require(set.declarations.first))
    }

    @Test func aPlanIsToldStepByStep() throws {
        let text = native(
            """
            trafficRouting: {envoy: {route: web}},
            analysis: {templates: [{templateName: plain}], startingStep: 1},
            steps: [
            {setWeight: 0.5}, {pause: {duration: 30s}},
            {analysis: {templates: [{templateName: filled}], args: [{name: service, value: s}]}},
            {setWeight: 50}, {pause: {}},
            ]
            """)
        #expect(
            try description(text).text == """
                checkout (r.yaml), judged by the safe rules

                steps:
                    1  set weight 0.5%
                    2  pause 30s
                    3  analysis: filled (3 times, every 10s)
                    4  set weight 50%
                    5  pause until promoted
                  end  all traffic; the release is the stable one
                watched in the background from step 2: plain (once)

                takes at least 50s and a person's promote at step 5
                has no bound:  step 5 waits for a person's promote
                (without what nobody can plan: an outage, a freeze, a pause, a question to a person)

                who sees the release:
                  from    share  at least  and by rule
                  step 1  0.5%   50s       -
                  step 4  50%    0s        -
                  end     100%   for good  -

                writes to envoy, route web, clusters checkout-a, checkout-b:
                  at      release  stable  rules  cookie
                  step 1  0.5%     99.5%   -      -
                  step 4  50%      50%     -      -
                  end     100%     0%      -      -
                  abort   0%       100%    -      -

                what can stop it:
                  another release that is announced meanwhile takes its place
                  background: plain takes the release back at bad number 1 (not `result[0] > 0.95`); 5 errors in a row ask a person
                  step 3: filled takes the release back at bad number 1 (not `result[0] > 0.95`); 5 errors in a row ask a person
                  people: abort takes it back, pause holds it
                """)
    }

    @Test func rulesCookiesGatesAndTheBakeAreTold() throws {
        let plan = try description(
            native(
                """
                stickiness: {cookie: c}, bake: {duration: 30m, analysis: {templates: [{templateName: plain}]}},
                steps: [
                {pause: {duration: 1s}},
                {setHeaderRoute: {name: r, match: [{headers: {x: {prefix: "1"}}, path: /a}, {host: {regex: "b.*"}}]}},
                {setMirrorRoute: {name: m, percentage: 25, match: [{query: {q: z}}]}},
                {gate: {name: qa, url: "https://qa.example", deadline: 1h, whenOverdue: abort}},
                {setHeaderRoute: {name: r}},
                {setWeight: 100},
                ]
                """))
        #expect(
            plan.steps == [
                "pause 1s",
                #"rule r: header x begins with "1" and path is "/a", or host fits "b.*" → the release"#,
                #"rule m: query q is "z" → a copy of 25% to the release"#,
                "ask gate qa at https://qa.example, every 15s, for at most 1h", "remove rule r",
                "set weight 100%",
            ])
        #expect(
            plan.end == "all traffic, baking for 30m, watched by plain (once); the release is the stable one")
        #expect(plan.writes.map(\.step) == [2, 3, 5, 6, nil])
        #expect(plan.writes.map(\.rules) == [["r"], ["r", "m"], ["m"], ["m"], []])
        #expect(plan.writes.map(\.cookie) == [nil, nil, nil, "c", nil], "without a share nobody needs one")
        #expect(plan.exposure.map(\.fromStep) == [2, 3, 5, 6, nil])
        #expect(plan.time.shortest == "30m1s" && plan.time.longestSeconds == 1_801 + 3_600)
        #expect(
            plan.stops.contains(
                "step 4: gate qa takes the release back with a no; no answer within 1h takes it back"))
        #expect(plan.stops.contains { $0.hasPrefix("bake: plain takes the release back at bad number 1") })
    }

    private func shop(_ strategy: String) -> String {
        """
        {apiVersion: headgate.dev/v1alpha1, kind: Rollout, metadata: {name: shop}, spec: {strategy: {\(strategy)}}}
        """
    }

    @Test func aSwitchWithoutRulesIsOneWrite() throws {
        let plan = try description(shop("blueGreen: {autoPromotionSeconds: 60}"))
        #expect(plan.steps == ["wait until 1m after the start", "set weight 100%"])
        #expect(plan.writes.map(\.release) == ["100%"] && plan.writes.map(\.step) == [2])
        #expect(plan.time.shortest == "1m")
        let preview = try description(shop("blueGreen: {previewRoute: {match: [{host: p}]}}"))
        #expect(preview.writes.map(\.rules) == [["preview"], ["preview"], []])
    }

    @Test func anAgeCountsFromTheStart() throws {
        let analysis =
            "prePromotionAnalysis: {templates: [{templateName: filled}], args: [{name: service, value: s}]}"
        #expect(
            try description(shop("blueGreen: {autoPromotionSeconds: 60, \(analysis)}")).time.shortest == "1m")
        #expect(
            try description(shop("blueGreen: {autoPromotionSeconds: 5, \(analysis)}")).time.shortest == "20s")
    }

    @Test func aTestSaysWhatEachArmGets() throws {
        let arms = "arms: [{name: control}, {name: blue, share: 20}]"
        let kept = try description(shop("abTest: {\(arms), duration: 1h, then: keep, bake: {duration: 1m}}"))
        #expect(
            kept.writes.map(\.release) == ["blue 20%", "0%"]
                && kept.end == "the stable release keeps all traffic")
        #expect(kept.time.shortest == "1h" && kept.exposure.count == 1)
        let asked = try description(shop("abTest: {\(arms), duration: 1h}"))
        #expect(asked.time.shortest == "1h and a person's promote at step 3")
        #expect(asked.time.unboundedBecause == ["step 3 waits for a person's choice"])
    }

    @Test func theDeadlineOfTheMeshIsCountedWhereItEndsTheFlight() throws {
        let deadline = "spec:\n  progressDeadline: {duration: 10m, whenOverdue: abort}\n"
        let text = native(steps: "{setWeight: 5}").replacing("spec:\n", with: deadline)
        let plan = try description(text)
        #expect(plan.time.longest == "20m, with all that the mesh may take")
        #expect(plan.stops.contains("a write that the mesh does not show within 10m takes the release back"))
    }

    @Test func theFreezesInTheWayAreToldWithTheirNextWindow() throws {
        let freeze = """
            {apiVersion: headgate.dev/v1alpha1, kind: Freeze, metadata: {name: NAME},
            spec: {reason: holidays, owner: ops, scope: SCOPE, windows: [{from: 1970-01-02, to: 1970-01-03}]}}
            """
        let set = load([
            "r": native(steps: "{setWeight: 5}"),
            "f": freeze.replacing("NAME", with: "f").replacing("SCOPE", with: "{names: [check*]}"),
            "g": freeze.replacing("NAME", with: "g").replacing("SCOPE", with: "{labels: {a: b}}"),
        ])
        let declaration = try #require(set.declarations.first)
        let before = describe(declaration, freezes: set.freezes, at: Moment(microseconds: 0))
        #expect(before.freezes.map(\.name) == ["f"] && before.freezes.first?.isInForce == false)
        #expect(before.freezes.first?.from == "1970-01-02T00:00:00Z")
        #expect(
            before.text.hasSuffix(
                """
                freezes:
                  name     from                  until                 reason
                  f (ops)  1970-01-02T00:00:00Z  1970-01-03T00:00:00Z  holidays
                """))
        let day = Duration.seconds(86_400)
        let within = describe(declaration, freezes: set.freezes, at: Moment(microseconds: 0) + day)
        #expect(within.freezes.first?.isInForce == true)
        #expect(
            describe(declaration, freezes: set.freezes, at: Moment(microseconds: 0) + day * 2).freezes.isEmpty
        )
    }

    @Test func aPlanWithoutStepsIsOneWrite() throws {
        let plan = try description(argo(""))
        #expect(plan.steps.isEmpty)
        #expect(plan.time.shortest == "0s" && plan.time.longestSeconds == 0)
        #expect(plan.writes.map(\.release) == ["100%"])
        #expect(plan.judgement == "argo")
    }

    @Test func aPauseOfAgesIsToldWithoutTrouble() throws {
        let steps = Array(repeating: "{pause: {duration: 2562047h}}", count: 200).joined(separator: ",")
        #expect(try description(native("steps: [\(steps)]")).time.shortest.hasSuffix("h"))
    }

    @Test func anAnalysisOfAgesIsToldWithoutTrouble() throws {
        let metric = """
            interval: 2562047h
            count: 2147483647
            consecutiveErrorLimit: 2147483647
            successCondition: result[0] > 0
            """
        let step = "{analysis: {templates: [{templateName: t}]}}"
        let steps = Array(repeating: step, count: 200).joined(separator: ",")
        let set = load(["r.yaml": native("steps: [\(steps)]"), "t.yaml": template(metric)])
        #expect(describe(try #require(set.declarations.first)).time.longestSeconds != nil)
    }

    @Test func aDescriptionGoesThroughJSON() throws {
        let plan = try description(native(steps: "{setWeight: 5}"))
        #expect(try JSONDecoder().decode(PlanDescription.self, from: JSONEncoder().encode(plan)) == plan)
    }
}
