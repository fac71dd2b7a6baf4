import Analysis
import Manifests
import Rollouts
import Testing

/// `steps` of our own kind and of Argo's.
struct StepTests {
    @Test func stepsLowerInTheirOrder() throws {
        let text = native(
            steps: "{setWeight: 5}", "{pause: {duration: 30s}}", "{setWeight: 50}", "{pause: {}}")
        #expect(
            try steps(text) == [
                .setWeight(.percent(5)), .pause(.seconds(30)), .setWeight(.percent(50)), .pause(nil),
            ])
    }

    @Test(arguments: [
        ("0", "0%"), ("100", "100%"), ("0.01", "0.01%"), ("12.5", "12.5%"), ("99.99", "99.99%"),
    ])
    func aWeightOfOurOwnKindHasUpToTwoDecimals(written: String, weight: String) throws {
        guard case .setWeight(let read) = try steps(native(steps: "{setWeight: \(written)}"))[0] else {
            Issue.record("no weight")
            return
        }
        #expect(read.description == weight)
    }

    @Test(arguments: [
        ("120", "120 is more than 100"), ("-1", "-1 is less than 0"), ("100.01", "100.01 is more than 100"),
        ("0.001", "0.001 is not a number with at most two decimals"),
        ("5%", #"expected a number, found the string "5%""#), ("", "expected a number, found nothing"),
    ])
    func anImpossibleWeightIsRefused(written: String, message: String) {
        let text = native(steps: "{pause: {}}", "{setWeight: \(written)}")
        #expect(complaints(text) == ["8:17: spec.strategy.canary.steps[1].setWeight: \(message)"])
    }

    @Test func aWeightOfArgosKindIsAWholePercent() throws {
        #expect(try steps(argo("steps: [{setWeight: 20}]")) == [.setWeight(.percent(20))])
        #expect(
            complaints(argo("steps: [{setWeight: 12.5}]")) == [
                "6:25: spec.strategy.canary.steps[0].setWeight: expected a whole number, found the number 12.5"
            ])
    }

    @Test(arguments: [
        ("10", Duration.seconds(10)), (#""10""#, .seconds(10)), ("10s", .seconds(10)),
        ("1h30m", .seconds(5_400)),
        ("500ms", .milliseconds(500)),
    ])
    func aPauseIsSecondsOrADuration(written: String, duration: Duration) throws {
        #expect(try steps(native(steps: "{pause: {duration: \(written)}}")) == [.pause(duration)])
        #expect(try steps(argo("steps: [{pause: {duration: \(written)}}]")) == [.pause(duration)])
    }

    @Test(arguments: [
        ("-5", "-5 is negative; a duration starts at 0s"),
        ("soon", #""soon" is not a duration; write it like 30s, 5m, 1h30m or 500ms"#),
    ])
    func anImpossiblePauseIsRefused(written: String, message: String) {
        #expect(
            complaints(native(steps: "{pause: {duration: \(written)}}")) == [
                "7:24: spec.strategy.canary.steps[0].pause.duration: \(message)"
            ])
    }

    @Test func aStepDoesOneThing() {
        #expect(
            complaints(native(steps: "{setWeight: 5, pause: {}}")) == [
                "7:5: spec.strategy.canary.steps[0]: has setWeight and pause; only one of them can be meant"
            ])
        #expect(
            complaints(native(steps: "{}")) == [
                "7:5: spec.strategy.canary.steps[0]: needs one of: setWeight, linear, exponential, "
                    + "setHeaderRoute, setMirrorRoute, setCanaryScale, pause, analysis, gate, experiment"
            ])
    }

    @Test func aMisspeltStepIsNamedOnce() {
        #expect(
            complaints(native(steps: "{setWieght: 5}")) == [
                "7:6: spec.strategy.canary.steps[0]: unknown key `setWieght`; did you mean `setWeight`? "
                    + "known: analysis, experiment, exponential, gate, linear, pause, setCanaryScale, setHeaderRoute, setMirrorRoute, "
                    + "setWeight"
            ])
    }

    @Test(arguments: ["plugin", "replicaProgressThreshold"])
    func aStepThatIsStillToComeIsRefusedByName(kind: String) {
        for text in [native(steps: "{\(kind): {}}"), argo("steps: [\n{\(kind): {}}]")] {
            let complaints = complaints(text)
            #expect(complaints.count == 1)
            #expect(complaints[0].contains("spec.strategy.canary.steps[0]: `\(kind)` is not supported yet: "))
        }
    }

    @Test func aScaleWithoutPodsOfOursIsRefused() {
        #expect(
            complaints(native(steps: "{setCanaryScale: {replicas: 3}}")) == [
                "7:22: spec.strategy.canary.steps[0].setCanaryScale: `setCanaryScale` is not supported yet: pods are "
                    + "left to whoever deploys them"
            ])
    }

    @Test func ourOwnKindNeedsSteps() {
        for canary in ["", "steps: []"] {
            #expect(
                complaints(native(canary)) == [
                    "5:22: spec.strategy.canary: a canary without steps would send everything at once; "
                        + "write steps, such as `- setWeight: 5`"
                ])
        }
    }

    @Test func argosKindMayGoUpAtOnce() throws {
        #expect(try steps(argo("")).isEmpty)
        #expect(try steps(argo("steps: []")).isEmpty)
    }

    @Test func stepsHaveABound() {
        let many = Array(repeating: "{pause: {}}", count: 201).joined(separator: ",")
        #expect(
            complaints(native("steps: [\(many)]")) == [
                "6:12: spec.strategy.canary.steps: has 201 items; the limit is 200"
            ])
    }
}
