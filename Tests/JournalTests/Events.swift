import Analysis

@testable import Rollouts

/// Values with every field set to something that a careless encoding would lose.
enum Events {
    static let release = Release(name: "shop/checkout:v1.2+\"odd\"", place: .b)

    static let metric = Metric(
        name: "success-rate",
        query: Query(
            provider: "prometheus", address: "http://metrics:9090",
            text: "sum(rate(x{code!~\"5..\"}[1m])) # ü\u{2028}\u{0}\u{1F6B0}",
            range: QueryRange(start: "now() - duration(\"5m\")", end: "now()", step: .milliseconds(1_500)),
            timeout: .nanoseconds(1)),
        interval: .seconds(30), initialDelay: .seconds(-1), count: 7, successCondition: "result[0] >= 0.99",
        failureCondition: "isNaN(result)", failureLimit: nil, inconclusiveLimit: 3,
        consecutiveErrorLimit: .max, consecutiveSuccessLimit: 2, isDryRun: true)

    static let measurement = Measurement(
        phase: .error, trouble: .noData, value: "[NaN, +Inf]", message: "no\nseries",
        startedAt: Moment(microseconds: .min), finishedAt: Moment(microseconds: .max))

    /// An objective, and where it stands.
    static let slo: Metric = {
        var metric = Self.metric
        metric.slo = SLO(
            objective: 0.999, window: .days(30), limits: SLO.BurnLimit.standard(window: .days(30)),
            minRemaining: nil, blockOn: [.ticket, .page], abortsOnBurn: false, blastRadius: 0.01)
        metric.query.slo = SLOQuestion([
            .init(.init(.bad, over: .hours(1)), "sum(x)"), .init(.init(.budget), "y"),
        ])
        return metric
    }()

    static let look = slo.look(
        at: .slo(
            SLOReading([.init(.remaining): 0.5, .init(.badShare, over: .minutes(5)): 0.1]), warnings: ["w"]),
        SLO(objective: 0.9, window: .days(7), limits: []), since: SLORun(startedAt: Moment(microseconds: 1)),
        exposedSince: nil, from: Moment(microseconds: 2), to: Moment(microseconds: 3))

    static let judged = Judged(
        run: RunID(flight: .max, kind: .step(2)), verdict: .failed, metric: "success-rate", metricIndex: 1,
        reason: "2 of 6 measurements failed")

    static let freeze = Freeze(
        name: "year-end", reason: "no changes", owner: "payments", until: Moment(microseconds: .max))

    static let match = RequestMatch(
        headers: [FieldMatch(name: "x-canary", value: .exact("ü"))],
        cookies: [FieldMatch(name: "c", value: .prefix("1"))],
        query: [FieldMatch(name: "q", value: .regex("a|b"))], path: .prefix("/a"), method: .exact("GET"),
        host: .regex(".*"))

    /// Every field that came with the strategies.
    static let wholeDeclaration: Declaration = {
        var whole = declaration
        whole.labels = ["team": "payments"]
        whole.traffic.namesRoles = true
        whole.workload = WorkloadTarget(
            controller: "kubernetes", release: "web-5d9c", replicas: 10, replicasMin: 2,
            settings: ["template": "{}"])
        whole.inFlight = .queue
        whole.preflight = Preflight(requiresMTLS: true, onlyWarns: true)
        whole.rollbackWindow = 3
        whole.progressDeadline = ProgressDeadline(duration: .seconds(600), whenOverdue: .abort)
        whole.traffic.backends = Backends(names: ["x", "y", "z"]) ?? whole.traffic.backends
        whole.plan = Plan(
            steps: [
                .setShares([.none, .all]),
                .setRule(PlannedRule(name: "r", matches: [match], deed: .mirror(.all), arm: 1)),
                .setRule(PlannedRule(name: "s", matches: [], deed: .send)), .removeRule("r"),
                .reachAge(.seconds(3)), .conclude(.ask), .setScale(.traffic), .setScale(.instances(3)),
                .setScale(.share(.all)),
                .gate(
                    Gate(
                        name: "qa", url: "https://qa/", interval: .seconds(1), timeout: .seconds(2),
                        deadline: .seconds(3), whenOverdue: .abort, secret: "ci")),
            ],
            judgement: .safe, arms: ["blue", "red"],
            stickiness: Stickiness(cookie: "c", maxAge: .seconds(60)), ruleOrder: ["s", "r"],
            bake: Bake(duration: .seconds(60), metrics: [metric]), scaleDownDelay: .seconds(1),
            abortScaleDownDelay: .seconds(2), slos: [slo])
        return whole
    }()

    static let declaration = Declaration(
        name: RolloutName("checkout"),
        traffic: TrafficTarget(
            router: "envoy", backends: .init(a: "checkout-a", b: "checkout-b"), settings: ["z": "1", "a": ""]),
        plan: Plan(
            steps: [.setWeight(.all), .pause(nil), .pause(.seconds(90)), .analysis([metric])],
            background: BackgroundAnalysis(metrics: [metric], startingStep: 1), judgement: .argo),
        isPaused: true, source: "rollouts/checkout.yaml")

    /// One of each event, and one of each thing that an event can hold.
    static let all: [Event] = [
        .declared(declaration), .declared(wholeDeclaration), .withdrawn,
        .started(release: release, others: nil, cause: .announced),
        .started(release: release, others: [release], cause: .retry),
        .started(release: release, others: nil, cause: .undo),
        .started(release: release, others: nil, cause: .returned),
        .queued(release: "v2", cause: .announced, reason: .inFlight(release: "v1")),
        .queued(release: "v2", cause: .announced, reason: .freeze(freeze)), .unqueued(release: "v2"),
        .armChosen(arm: "blue"), .bakeStarted(until: Moment(microseconds: 7)), .kept(release: release),
        .retired(release: release), .gateAnswered(step: 1, answer: .yes(nil)),
        .gateAnswered(step: 1, answer: .no("not yet tested")), .gateAnswered(step: 1, answer: .wait("QA")),
        .gateAnswered(step: 1, answer: .trouble("HTTP 500")), .stalled(step: 1, after: .seconds(600)),
        .frozen(freeze), .thawed(freeze: "year-end"),
        .freezeOverridden(freeze, by: "token:alice", reason: "INC-204"),
        .stepPassed(step: 1, by: .gate), .stepPassed(step: 1, by: .concluded),
        .aborted(reason: .gate(name: "qa", why: "red")), .aborted(reason: .overdue("too late")),
        .restored(release: release), .stepEntered(step: 0),
        .stepPassed(step: 1, by: .routed), .stepPassed(step: 1, by: .elapsed),
        .stepPassed(step: 1, by: .verdict), .stepPassed(step: 1, by: .promoted(by: "token:alice")),
        .pauseElapsed(step: 2), .summited(by: nil), .summited(by: "token:alice"),
        .completed(release: release),
        .routeAccepted(since: 4, receipt: "812"), .routed(since: .max, evidence: "version 812"),
        .routeFailed(since: 4, failure: RouteFailure(.fenced, "bears 9", bears: 9)),
        .routeFailed(since: 4, failure: RouteFailure(.unavailable, "")),
        .drifted(found: "60%"), .strayed(found: "60%"), .fenceRaised(to: 1 << 63),
        .measured(run: RunID(flight: 3, kind: .background(1)), metric: 0, measurement: measurement),
        .measured(run: RunID(flight: 3, kind: .slos), metric: 0, measurement: look),
        .judged(judged), .asked(reason: "no traffic"),
        .aborted(reason: .verdict(judged)), .aborted(reason: .command(by: "token:alice", why: nil)),
        .aborted(reason: .command(by: "token:alice", why: "pager")), .aborted(reason: .unjournaledRollback),
        .scaled(since: 4, evidence: "v2: 3 of 3"), .shrunk(found: "v2: 2 of 3 ready"),
        .scaleFailed(since: 4, failure: WorkloadFailure(.failing, "v2: ImagePullBackOff")),
        .held(by: "token:alice"), .resumed(by: "token:alice"), .inspected(findings: []),
        .inspected(findings: [
            Finding(
                .warning, "mtls", "namespace shop", "PERMISSIVE", why: "plain text is taken", mend: "STRICT")
        ]), .aborted(reason: .unfit("VirtualService shop/web: is not there")),
    ]

    /// Numbers the kinds of events. Here the compiler asks for the new one, and then the test asks for a sample.
    static func kind(of event: Event) -> Int {
        switch event {
        case .declared: 0
        case .withdrawn: 1
        case .started: 2
        case .restored: 3
        case .stepEntered: 4
        case .stepPassed: 5
        case .pauseElapsed: 6
        case .summited: 7
        case .completed: 8
        case .routeAccepted: 9
        case .routed: 10
        case .routeFailed: 11
        case .drifted: 12
        case .fenceRaised: 13
        case .measured: 14
        case .judged: 15
        case .asked: 16
        case .aborted: 17
        case .held: 18
        case .resumed: 19
        case .queued: 20
        case .unqueued: 21
        case .armChosen: 22
        case .bakeStarted: 23
        case .kept: 24
        case .retired: 25
        case .gateAnswered: 26
        case .stalled: 27
        case .frozen: 28
        case .thawed: 29
        case .freezeOverridden: 30
        case .scaled: 31
        case .scaleFailed: 32
        case .shrunk: 33
        case .strayed: 34
        case .inspected: 35
        }
    }

    static let kindCount = 36
}
