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
                   1  set weight 0.5%
                   2  pause 30s
                   3  analysis: filled (3 times, every 10s)
                   4  set weight 50%
                   5  pause until promoted
                   -  all traffic; the release is the stable one
                watched from step 2: plain (once)
                takes at least 50s and a person's promote at step 5
                what can stop it:
                      background: plain takes the release back at bad number 1 (not `result[0] > 0.95`); 5 errors in a row ask a person
                      step 3: filled takes the release back at bad number 1 (not `result[0] > 0.95`); 5 errors in a row ask a person
                      taken back by abort, held by pause
                writes to envoy, route web, clusters checkout-a and checkout-b:
                      release 0.5%, stable 99.5%
                      release 50%, stable 50%
                      release 100%, stable 0%
                """)
    }

    @Test func aPlanWithoutStepsIsOneWrite() throws {
        let plan = try description(argo(""))
        #expect(plan.steps.isEmpty)
        #expect(plan.shortestTime == "0s")
        #expect(plan.writes.map(\.release) == ["100%"])
        #expect(plan.judgement == "argo")
    }

    @Test func aPauseOfAgesIsToldWithoutTrouble() throws {
        let steps = Array(repeating: "{pause: {duration: 2562047h}}", count: 200).joined(separator: ",")
        #expect(try description(native("steps: [\(steps)]")).shortestTime.hasSuffix("h"))
    }

    @Test func aDescriptionGoesThroughJSON() throws {
        let plan = try description(native(steps: "{setWeight: 5}"))
        #expect(try JSONDecoder().decode(PlanDescription.self, from: JSONEncoder().encode(plan)) == plan)
    }
}
