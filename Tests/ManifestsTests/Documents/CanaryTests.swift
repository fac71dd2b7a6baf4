import Analysis
import Manifests
import Rollouts
import Testing

/// What a canary says beside plain weights: series of them, gates, stickiness, a bake.
struct CanaryTests {
    private func plan(_ canary: String) throws -> Plan {
        let set = load(native("\(canary),\nsteps: [{setWeight: 5}]"))
        #expect(set.errors == [])
        return try #require(set.declarations.first).plan
    }

    private func weights(_ step: String) throws -> [String] {
        try steps(native(steps: step)).compactMap { step in
            if case .setWeight(let weight) = step { weight.description } else { nil }
        }
    }

    @Test(arguments: [
        ("{from: 5, to: 20, by: 5, every: 2m}", ["5%", "10%", "15%", "20%"]),
        ("{from: 5, to: 22, by: 10, every: 2m}", ["5%", "15%", "22%"]),
        ("{from: 50, to: 5, by: 20, every: 2m}", ["50%", "30%", "10%", "5%"]),
        ("{from: 0.1, to: 0.4, by: 0.1, every: 1d}", ["0.1%", "0.2%", "0.3%", "0.4%"]),
        ("{from: 7, to: 7, by: 1, every: 1s}", ["7%"]),
    ])
    func aLinearSeriesEndsExactlyWhereItShould(series: String, expected: [String]) throws {
        #expect(try weights("{linear: \(series)}") == expected)
    }

    @Test(arguments: [
        ("{from: 1, to: 64, by: 2, every: 5m}", ["1%", "2%", "4%", "8%", "16%", "32%", "64%"]),
        ("{from: 1, to: 10, by: 3, every: 5m}", ["1%", "3%", "9%", "10%"]),
        ("{from: 64, to: 10, by: 2, every: 5m}", ["64%", "32%", "16%", "10%"]),
        ("{from: 0.01, to: 0.05, by: 1.01, every: 5m}", ["0.01%", "0.02%", "0.03%", "0.04%", "0.05%"]),
    ])
    func anExponentialSeriesEndsExactlyWhereItShould(series: String, expected: [String]) throws {
        #expect(try weights("{exponential: \(series)}") == expected)
    }

    @Test func everyWeightOfASeriesIsFollowedByItsPause() throws {
        #expect(
            try steps(native(steps: "{linear: {from: 5, to: 10, by: 5, every: 2m}}")) == [
                .setWeight(.percent(5)), .pause(.seconds(120)), .setWeight(.percent(10)),
                .pause(.seconds(120)),
            ])
    }

    @Test(arguments: [
        (
            "{linear: {from: 0, to: 100, by: 0.5, every: 1s}}",
            "comes to more than 100 weights; take larger steps"
        ),
        ("{linear: {from: 0, to: 100, by: 0, every: 1s}}", "by: 0 is less than 0.01"),
        ("{linear: {from: 0, to: 101, by: 1, every: 1s}}", "to: 101 is more than 100"),
        ("{linear: {from: 0, to: 10, by: 1}}", "missing `every`"),
        ("{linear: {from: 0, to: 10, by: 1, every: 0s}}", "every: must be more than 0s"),
        ("{exponential: {from: 0, to: 10, by: 2, every: 1s}}", "from: 0 is less than 0.01"),
        ("{exponential: {from: 1, to: 10, by: 1, every: 1s}}", "by: 1 is less than 1.01"),
        ("{gate: {name: qa}}", "missing `url`"), ("{gate: {name: qa, url: ftp://x}}", "is no address"),
        ("{gate: {name: qa, url: 'https://u:p@x/'}}", "a password has no place here"),
        ("{gate: {name: 'q a', url: 'https://x'}}", "is no usable name"),
        ("{gate: {name: q, url: 'https://x', interval: 10ms}}", "interval: 10ms is less than 1s"),
        ("{gate: {name: q, url: 'https://x', whenOverdue: hold}}", "there is none; add `deadline: 1h`"),
        (
            "{gate: {name: q, url: 'https://x', deadline: 1h, whenOverdue: stop}}",
            #"unknown name "stop"; known: abort, hold"#
        ),
    ])
    func aStepThatCannotBeMeantIsRefused(step: String, message: String) {
        let complaints = complaints(native(steps: step))
        #expect(complaints.count == 1)
        #expect(complaints.first?.contains(message) == true, "\(complaints)")
    }

    @Test func theStepsThatSeriesComeToHaveABoundToo() {
        let series = "{linear: {from: 1, to: 100, by: 1, every: 1s}}"
        #expect(!load(native(steps: series, series)).hasErrors)
        #expect(
            complaints(native(steps: series, series, series)) == [
                "6:12: spec.strategy.canary.steps: comes to 600 steps; the limit is 400"
            ])
    }

    @Test func aStartingStepCountsTheStepsAsTheyAreWritten() throws {
        let text = native(
            """
            analysis: {templates: [{templateName: plain}], startingStep: 1},
            steps: [{linear: {from: 5, to: 10, by: 5, every: 1m}}, {setWeight: 50}]
            """)
        #expect(load(text).declarations.first?.plan.background?.startingStep == 4)
    }

    @Test func aGateSaysWhoIsAskedAndForHowLong() throws {
        let whole = """
            {gate: {name: qa, url: "https://qa.example/ok", interval: 30s, timeout: 5s, deadline: 1d,
              whenOverdue: abort, secret: qa}}
            """
        #expect(
            try steps(native(steps: whole)) == [
                .gate(
                    Gate(
                        name: "qa", url: "https://qa.example/ok", interval: .seconds(30),
                        timeout: .seconds(5),
                        deadline: .seconds(86_400), whenOverdue: .abort, secret: "qa"))
            ])
        #expect(
            try steps(native(steps: "{gate: {name: qa, url: 'http://x'}}")) == [
                .gate(Gate(name: "qa", url: "http://x"))
            ])
    }

    @Test func stickinessIsACookieAndItsAge() throws {
        #expect(
            try plan("stickiness: {cookie: shop-user, maxAge: 7d}").stickiness
                == Stickiness(cookie: "shop-user", maxAge: .seconds(604_800)))
        #expect(
            try plan("stickiness: {}").stickiness
                == Stickiness(cookie: "headgate-checkout", maxAge: .seconds(30 * 86_400)))
        #expect(try plan("stickiness: {cookie: a, maxAge: session}").stickiness == Stickiness(cookie: "a"))
        #expect(try plan("bake: {duration: 1s}").stickiness == nil)
    }

    @Test func aBakeWatchesItsOwnMetricsOrThoseOfBefore() throws {
        #expect(try plan("bake: {duration: 30m}").bake == Bake(duration: .seconds(1_800)))
        let bake = try plan("bake: {duration: 30m, analysis: {templates: [{templateName: plain}]}}").bake
        #expect(bake?.metrics?.map(\.name) == ["plain"])
    }

    @Test func delaysHaveOurNamesAndArgos() throws {
        let ours = try plan("scaleDownDelay: 1h, abortScaleDownDelay: 0s")
        #expect(ours.scaleDownDelay == .seconds(3_600) && ours.abortScaleDownDelay == .zero)
        let argos = try plan("scaleDownDelaySeconds: 5, abortScaleDownDelaySeconds: 6")
        #expect(argos.scaleDownDelay == .seconds(5) && argos.abortScaleDownDelay == .seconds(6))
    }

    /// In Argo, zero keeps an aborted release for ever.
    @Test func argosZeroIsForEver() throws {
        let delay = try #require(plan("abortScaleDownDelaySeconds: 0").abortScaleDownDelay)
        #expect(delay > .seconds(50 * 366 * 86_400))
        #expect(try plan("scaleDownDelaySeconds: 0").scaleDownDelay == .zero)
    }

    @Test(arguments: [
        ("stickiness: {cookie: 'a b'}", #"stickiness.cookie: "a b" is no name of a cookie"#),
        (
            "stickiness: {maxAge: 500d}",
            "is more than 400d, which is the most that browsers keep a cookie for"
        ),
        ("stickiness: {maxAge: 1ms}", "is less than a second"),
        ("bake: {}", "bake: missing `duration`"),
        ("bake: {duration: 0s}", "bake.duration: must be more than 0s"),
        (
            "scaleDownDelay: 1s, scaleDownDelaySeconds: 1",
            "has scaleDownDelay and scaleDownDelaySeconds; only one"
        ),
        ("trafficRouting: {managedRoutes: [{name: a}, {name: a}]}", #"a second route "a" in the same list"#),
    ])
    func whatCannotBeMeantIsRefused(canary: String, message: String) {
        let complaints = complaints(native("\(canary),\nsteps: [{setWeight: 5}]"))
        #expect(complaints.count == 1)
        #expect(complaints.first?.contains(message) == true, "\(complaints)")
    }

    @Test func argosDocumentsHaveNothingOfOurs() {
        for key in ["bake: {duration: 1m}", "stickiness: {}", "scaleDownDelay: 1m"] {
            #expect(complaints(argo("\(key), steps: []")).first?.contains("unknown key") == true)
        }
        #expect(
            complaints(argo("steps: [{gate: {name: q, url: 'https://x'}}]")).first?.contains("unknown key")
                == true)
    }
}

/// What a rollout says above its strategy.
struct RolloutPolicyTests {
    private func declaration(_ spec: String, _ text: String = native(steps: "{setWeight: 5}")) throws
        -> Declaration
    {
        let set = load(text.replacing("spec:\n", with: "spec:\n  \(spec)\n"))
        #expect(set.errors == [])
        return try #require(set.declarations.first)
    }

    private func complaint(_ spec: String) -> String? {
        complaints(native(steps: "{setWeight: 5}").replacing("spec:\n", with: "spec:\n  \(spec)\n")).first
    }

    @Test func aDeclarationSaysNothingOfWhatTheManifestDoesNot() throws {
        let plain = try #require(load(native(steps: "{setWeight: 5}")).declarations.first)
        #expect(plain.labels == nil && plain.inFlight == nil && plain.rollbackWindow == nil)
        #expect(plain.progressDeadline == nil && plain.plan.arms == nil)
    }

    @Test func whatHappensInMidFlightIsDeclared() throws {
        #expect(try declaration("inFlight: queue").inFlight == .queue)
        #expect(try declaration("rollbackWindow: {revisions: 3}").rollbackWindow == 3)
        #expect(
            try declaration("progressDeadline: {duration: 10m, whenOverdue: abort}").progressDeadline
                == ProgressDeadline(duration: .seconds(600), whenOverdue: .abort))
        #expect(try declaration("progressDeadline: {duration: 10m}").progressDeadline?.whenOverdue == .hold)
    }

    @Test func labelsAreDeclared() throws {
        let text = native(steps: "{setWeight: 5}").replacing(
            "{name: checkout}", with: "{name: c, labels: {team: pay}}")
        #expect(load(text).declarations.first?.labels == ["team": "pay"])
    }

    @Test func argosDeadlineCountsOnlyWhereItAborts() throws {
        let aborting = try declaration("progressDeadlineAbort: true", argo(""))
        #expect(
            aborting.progressDeadline == ProgressDeadline(duration: .seconds(600), whenOverdue: .abort))
        #expect(try declaration("progressDeadlineSeconds: 60", argo("")).progressDeadline == nil)
        #expect(
            complaints(argo("").replacing("spec:\n", with: "spec:\n  progressDeadlineSeconds: 60\n")) == [
                "5:28: warning: spec.progressDeadlineSeconds: is read and not acted on without "
                    + "`progressDeadlineAbort: true`"
            ])
        #expect(try declaration("rollbackWindow: {revisions: 2}", argo("")).rollbackWindow == 2)
    }

    @Test func theLookBeforeAStartIsEnforcedUnlessTheManifestSaysElse() throws {
        #expect(try declaration("paused: false").preflight == Preflight())
        #expect(try declaration("preflight: enforce").preflight == Preflight())
        #expect(try declaration("preflight: warn").preflight == Preflight(onlyWarns: true))
        #expect(try declaration("preflight: off").preflight == nil)
        #expect(try declaration("requireMTLS: strict").preflight == Preflight(requiresMTLS: true))
        #expect(try declaration("paused: false", argo("")).preflight == nil, "Argo looks at nothing")
    }

    @Test(arguments: [
        ("preflight: strict", #"unknown name "strict"; known: enforce, off, warn"#),
        (
            "preflight: warn\n  requireMTLS: strict",
            "`warn` refuses no start, and `requireMTLS: strict` would"
        ),
        ("preflight: off\n  requireMTLS: strict", "take one of the two out"),
        ("inFlight: wait", #"unknown name "wait"; known: queue, reject, supersede"#),
        ("rollbackWindow: {revisions: 0}", "0 is less than 1"),
        ("rollbackWindow: {revisions: 21}", "21 is more than 20"),
        ("rollbackWindow: {}", "missing `revisions`"),
        ("progressDeadline: {}", "missing `duration`"),
        ("progressDeadline: {duration: 0s}", "must be more than 0s"),
    ])
    func aPolicyThatCannotBeMeantIsRefused(spec: String, message: String) {
        #expect(complaint(spec)?.contains(message) == true)
    }
}
