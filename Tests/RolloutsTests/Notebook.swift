import Analysis
import Rollouts

/// A rollout and a clock, driven by the words of a scenario. What it answers is what the scenario file shows.
struct Notebook {
    private var rollout = Rollout(name: RolloutName("checkout"))
    private var now = Moment(microseconds: 0)

    /// Every event so far, to be folded anew: a log must lead to the state it came from.
    private(set) var log: [Entry] = []
    private var calendar = Calendar()
    var state: Rollout { rollout }

    mutating func run(_ line: String) throws -> [String] {
        var words = line.split(separator: " ").map(String.init)
        let verb = words.removeFirst()
        if verb == "after" { now = now + (try duration(words.joined())) }
        if verb == "freeze" { calendar.freezes = try freezes(words) }
        let commands = try commands(verb, words)
        return try commands.flatMap { try take($0) } + wants
    }

    private mutating func take(_ command: Command) throws -> [String] {
        do throws(Refusal) {
            let (entries, next) = try rollout.turn(
                command, by: "alice", at: now, freezes: calendar)
            rollout = next
            log += entries
            return entries.map { "#\($0.sequence) \($0.event.sentence)" }
        } catch {
            return ["refused: \(error)"]
        }
    }

    private var wants: [String] {
        rollout.outstanding.map(describe).sorted()
    }

    private func describe(_ action: Action) -> String {
        switch action {
        case .route(let order):
            let lane = order.isRollback ? "wants rollback" : "wants route"
            let retry = order.attempt > 0 ? " attempt=\(order.attempt + 1)" : ""
            return "\(lane) \(describe(order.route)) since=\(order.since)\(retry)"
        case .measure(let order):
            return "wants measure \(name(of: order)) number=\(order.number) at=\(clock(order.notBefore))"
        case .ask(let order):
            return "wants ask \(order.gate.name) number=\(order.number) at=\(clock(order.notBefore))"
        case .scale(let order):
            let sizes = order.sizes.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
            let retry = order.attempt > 0 ? " attempt=\(order.attempt + 1)" : ""
            let wants = "wants scale " + sizes.joined(separator: " ") + describe(order.roles)
            return "\(wants) since=\(order.since)\(retry)"
        case .inspect(let order):
            let inspection = order.inspection
            let places = [inspection.stable].compactMap(\.self) + inspection.canaries
            return "wants inspect \(places.joined(separator: " ")) queries=\(inspection.queries.count)"
        case .wake(let moment): return "wants wake at=\(clock(moment))"
        }
    }

    private func describe(_ route: Route) -> String {
        let places = rollout.declaration?.traffic.backends.places ?? [.a, .b]
        let shares = places.map { "\($0)=\(route.weight(of: $0))" }
        let rules = route.rules.map { rule in
            switch rule.deed {
            case .send: "\(rule.name)->\(rule.place)"
            case .mirror(let share): "\(rule.name)=\(share)->\(rule.place)"
            }
        }
        let home = route.home.map { "home=\($0)" }
        return (shares + rules + [route.stickiness?.cookie, home].compactMap(\.self)).joined(separator: " ")
    }

    private func describe(_ roles: ScaleRoles) -> String {
        let names = [("stable", roles.stable), ("canary", roles.canary)]
        let places = roles.places.sorted { $0.key < $1.key }.map { ("\($0.key)", Optional($0.value)) }
        return (names + places).map { name, release in release.map { " \(name)->\($0)" } ?? "" }.joined()
    }

    private func name(of order: MeasureOrder) -> String {
        switch order.run.kind {
        case .step: "step"
        case .background(let number): "background/\(number)"
        case .slos: "slos"
        }
    }

    private func clock(_ moment: Moment) -> String {
        (moment - Moment(microseconds: 0)).text
    }
}

// MARK: - The words

extension Notebook {
    private func commands(_ verb: String, _ words: [String]) throws -> [Command] {
        switch verb {
        case "declare": [.declare(try declaration(words))]
        case "withdraw": [.withdraw]
        case "start": [.start(release: words[0])]
        case "promote" where words.first == "full": [.promoteFully(arm: words.dropFirst().first)]
        case "promote": [.promote(from: words.first.flatMap { Int($0) }.map { $0 - 1 })]
        case "pause": [.pause]
        case "resume": [.resume]
        case "abort": [.abort(why: words.isEmpty ? nil : words.joined(separator: " "))]
        case "retry": [.retry]
        case "undo": [.undo(to: words.first)]
        case "keep": [.keep]
        case "unqueue": [.unqueue]
        case "override": [.overrideFreeze(reason: words.joined(separator: " "))]
        case "after", "freeze": [.report(.woke(at: now))]
        case "gate": gates.map { .report(.answered($0, answer(words))) }
        case "applied": routes.map { .report(.routed(since: $0.since, evidence: "seen")) }
        case "unreachable": routes.map { fail($0, RouteFailure(.unavailable, "connection refused")) }
        case "rejected": routes.map { fail($0, RouteFailure(.rejected, words.joined(separator: " "))) }
        case "fenced":
            routes.map { order in
                fail(
                    order,
                    RouteFailure(
                        .fenced, "a later write", bears: UInt64(words[0]), isSameRoute: words.last == "same"))
            }
        case "inspected":
            inspections.map { .report(.inspected($0, findings: findings(words))) }
        case "ready": scales.map { .report(.scaled(since: $0.since, evidence: "ready")) }
        case "unready": scales.map { fail($0, WorkloadFailure(.unready, words.joined(separator: " "))) }
        case "failing": scales.map { fail($0, WorkloadFailure(.failing, words.joined(separator: " "))) }
        case "broken":
            scales.map { order in
                let sentence = words.dropFirst().joined(separator: " ")
                return fail(order, WorkloadFailure(.failing, sentence, release: words[0]))
            }
        case "shrunk":
            [.report(.shrunk(since: rollout.scaling?.since ?? 0, found: words.joined(separator: " ")))]
        case "drifted": [.report(.drifted(found: words.joined(separator: " "), bears: nil))]
        case "strange": [.report(.drifted(found: "a strange write", bears: UInt64(words[0])))]
        case "late": [.report(.routed(since: UInt64(words[0]) ?? 0, evidence: "an old report"))]
        case "slo": measures(["slos"]).map { measured($0, objective(words)) }
        case "count": measures(words).map { measured($0, counters(words)) }
        case "read": measures(words).map { measured($0, sample(words)) }
        default: throw ScenarioError("unknown verb \(verb)")
        }
    }

    private var routes: [RouteOrder] {
        rollout.outstanding.compactMap { if case .route(let order) = $0 { order } else { nil } }
    }

    private var inspections: [InspectOrder] {
        rollout.outstanding.compactMap { if case .inspect(let order) = $0 { order } else { nil } }
    }

    /// `error objects`, `warning mtls`: one finding for each two words.
    private func findings(_ words: [String]) -> [Finding] {
        stride(from: 0, to: words.count - 1, by: 2).map { index in
            Finding(
                Finding.Severity(rawValue: words[index]) ?? .note, words[index + 1], "the mesh",
                "is not as it should be", why: "it would fail", mend: "mend it")
        }
    }

    private var scales: [ScaleOrder] {
        rollout.outstanding.compactMap { if case .scale(let order) = $0 { order } else { nil } }
    }

    private func fail(_ order: ScaleOrder, _ failure: WorkloadFailure) -> Command {
        .report(.scaleFailed(since: order.since, attempt: order.attempt, failure: failure))
    }

    private var gates: [GateOrder] {
        rollout.outstanding.compactMap { action in
            guard case .ask(let order) = action, order.notBefore <= now else { return nil }
            return order
        }
    }

    private func answer(_ words: [String]) -> GateAnswer {
        let why = words.count > 1 ? words.dropFirst().joined(separator: " ") : nil
        return switch words.first {
        case "yes": .yes(why)
        case "no": .no(why)
        case "wait": .wait(why)
        default: .trouble(words.joined(separator: " "))
        }
    }

    private func fail(_ order: RouteOrder, _ failure: RouteFailure) -> Command {
        .report(.routeFailed(since: order.since, attempt: order.attempt, failure: failure))
    }

    /// The measurements that are due: of the step or the background where the words say so, else all.
    private func measures(_ words: [String]) -> [MeasureOrder] {
        rollout.outstanding.compactMap { action in
            guard case .measure(let order) = action, order.notBefore <= now else { return nil }
            let isNamed = ["step", "background", "slos"].contains(words[0])
            return !isNamed || name(of: order).hasPrefix(words[0]) ? order : nil
        }.sorted { $0.metric < $1.metric }
    }

    private func measured(_ order: MeasureOrder, _ sample: Sample) -> Command {
        .report(.measured(order, sample, startedAt: now, finishedAt: now))
    }

    /// `count 3/60 8/600`: bad ones among the requests of the canary, and of the two stable instances together. A dash
    /// is an arm that was not scraped.
    private func counters(_ words: [String]) -> Sample {
        let arms = words.suffix(2).map { $0.split(separator: "/").compactMap { Double($0) } }
        var instances: [CounterReading.Instance] = []
        for (arm, name) in [(0, "canary"), (1, "stable-1"), (1, "stable-2")] where arms[arm].count == 2 {
            let part = arm == 0 ? 1.0 : 0.5
            let point = CounterReading.Point(
                moment: now, requests: arms[arm][1] * part, bad: [arms[arm][0] * part])
            instances.append(
                .init(
                    name: name, isCanary: arm == 0, firstSeen: Moment(microseconds: 0), points: [point]))
        }
        return .counters(CounterReading(until: now, instances: instances), warnings: [])
    }

    /// `slo 62% 0.4/0.2 0.5/0.4`: what is left of the budget, and how fast it burns over 1h and 5m, and over 6h and 30m.
    /// More words are counters, see `count`.
    private func objective(_ words: [String]) -> Sample {
        if words == ["outage"] { return .failure(SampleFailure(.outage, "connection refused")) }
        if words == ["nothing"] { return .slo(SLOReading([:]), warnings: []) }
        let budget = 0.001
        var numbers: [SLOQuestion.Key: Double] = [
            .init(.remaining): (Double(words[0].dropLast()) ?? 0) / 100,
            .init(.total, over: .days(30)): 1_000_000,
        ]
        let windows: [(Duration, Duration)] = [(.hours(1), .minutes(5)), (.hours(6), .minutes(30))]
        for ((long, short), word) in zip(windows, words.dropFirst()) {
            let burns = word.split(separator: "/").compactMap { Double($0) }
            numbers[.init(.badShare, over: long)] = burns[0] * budget
            numbers[.init(.badShare, over: short)] = burns[1] * budget
        }
        guard words.count > 3, case .counters(let reading, _) = counters(words) else {
            return .slo(SLOReading(numbers), warnings: [])
        }
        return .slo(SLOReading(numbers, counters: reading), warnings: [])
    }

    private func sample(_ words: [String]) -> Sample {
        switch words.last {
        case "outage": .failure(SampleFailure(.outage, "connection refused"))
        case "refusal": .failure(SampleFailure(.refused, "parse error"))
        case "nothing": .value(.array([]), warnings: [])
        case let number: .value(.array([.float(number.flatMap(Double.init) ?? .nan)]), warnings: [])
        }
    }
}

// MARK: - Plans

extension Notebook {
    /// `steps=5,pause,pause:30s,analysis background=0 rules=argo count=3 limit=1`
    private func declaration(_ words: [String]) throws -> Declaration {
        let pairs = words.map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        let given = Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0.count > 1 ? $0[1] : "") })
        let metric = try self.metric(given)
        var plan = Plan(
            steps: try (given["steps"] ?? "").split(separator: ",").map { try step(String($0), metric) },
            judgement: given["rules"] == "argo" ? .argo : .safe)
        if let step = given["background"].flatMap({ Int($0) }) {
            var watch = metric
            watch.count = nil
            plan.background = BackgroundAnalysis(metrics: [watch], startingStep: step - 1)
        }
        plan.slos = given["slo"].map { [slo(hasBlastRadius: $0 == "blast")] }
        plan.arms = given["arms"].map { $0.split(separator: "+").map(String.init) }
        plan.stickiness = given["sticky"].map { Stickiness(cookie: $0) }
        plan.ruleOrder = given["order"].map { $0.split(separator: "+").map(String.init) }
        plan.bake = try given["bake"].map { Bake(duration: try duration($0)) }
        plan.scaleDownDelay = try given["keep"].map { try duration($0) }
        plan.abortScaleDownDelay = plan.scaleDownDelay
        return Declaration(
            name: rollout.name, traffic: target(given), plan: plan, isPaused: given["paused"] != nil,
            source: "rollouts/checkout.yaml", inFlight: given["in-flight"].flatMap(InFlightPolicy.init),
            rollbackWindow: given["window"].flatMap { Int($0) }, progressDeadline: try deadline(given),
            workload: workload(given), drift: given["drift"].flatMap(DriftPolicy.init),
            preflight: given["preflight"].map {
                Preflight(requiresMTLS: $0 == "mtls", onlyWarns: $0 == "warn" ? true : nil)
            })
    }

    /// `replicas=10`
    private func workload(_ given: [String: String]) -> WorkloadTarget? {
        given["replicas"].flatMap { Int($0) }.map {
            WorkloadTarget(
                controller: "kubernetes", release: given["release"] ?? "v1", replicas: $0,
                namesRoles: given["names"] == "roles" ? true : nil, division: division(given))
        }
    }

    /// `divide=instances`, `divide=surge`, `divide=names`
    private func division(_ given: [String: String]) -> Division? {
        switch given["divide"] {
        case "instances": .instances(canSurge: false)
        case "surge": .instances(canSurge: true)
        case "names": .names
        default: nil
        }
    }

    /// `b=other`, or `places=3`; `names=roles`.
    private func target(_ given: [String: String]) -> TrafficTarget {
        let places = Place.allCases.prefix(given["places"].flatMap { Int($0) } ?? 2)
        let names = places.map { $0 == .b ? given["b"] ?? "checkout-b" : "checkout-\($0)" }
        return TrafficTarget(
            router: "envoy", backends: Backends(names: names) ?? Backends(a: "a", b: "b"),
            namesRoles: given["names"] == "roles" ? true : nil)
    }

    /// `deadline=abort:10s`
    private func deadline(_ given: [String: String]) throws -> ProgressDeadline? {
        guard let parts = given["deadline"]?.split(separator: ":"), parts.count == 2,
            let deed = Overdue(rawValue: String(parts[0]))
        else { return nil }
        return ProgressDeadline(duration: try duration(String(parts[1])), whenOverdue: deed)
    }

    /// `freeze holidays until=30s`, `freeze none`
    private func freezes(_ words: [String]) throws -> [Freeze] {
        if words == ["none"] { return [] }
        let until = try words.dropFirst().first.map { try duration(String($0.dropFirst("until=".count))) }
        let end = until.map { Moment(microseconds: 0) + $0 }
        return [Freeze(name: words[0], reason: "no changes", owner: "payments", until: end)]
    }

    /// 99.9 % within 30 days: of a million requests a thousand may be bad, and ten by the release alone.
    private func slo(hasBlastRadius: Bool) -> Metric {
        let limits = SLO.BurnLimit.standard(window: .days(30)).filter { $0.severity == .page }
        return Metric(
            name: "availability", query: Query(provider: "prometheus", text: "99.9 %"),
            interval: .seconds(60), failureLimit: nil,
            slo: SLO(
                objective: 0.999, window: .days(30), limits: limits,
                blastRadius: hasBlastRadius ? 0.01 : nil))
    }

    private func metric(_ given: [String: String]) throws -> Metric {
        if let pass = given["compare"] { return comparing(given, isPassFinal: pass == "pass") }
        return Metric(
            name: "success", query: Query(provider: "prometheus", text: "success{{canary.backend}}"),
            interval: .seconds(10), count: given["count"].flatMap { Int($0) } ?? 1,
            successCondition: "result[0] >= 0.95",
            failureCondition: given["between"] == nil ? nil : "result[0] < 0.5",
            failureLimit: given["limit"].flatMap { Int($0) } ?? 0,
            consecutiveErrorLimit: given["errors"].flatMap { Int($0) } ?? 4)
    }

    /// `compare`, or `compare=pass` where a proof ends the step.
    private func comparing(_ given: [String: String], isPassFinal: Bool) -> Metric {
        let counters = CounterQuestion(
            selectors: [.init(.requests, "requests"), .init(.bad, "errors")], label: "release",
            canary: Placeholder.canaryRelease.token, stable: Placeholder.stableRelease.token)
        let comparison = Comparison(
            kind: .errors, pass: Comparison.Pass(isFinal: isPassFinal), warmup: .zero, dispersion: 1)
        return Metric(
            name: "errors", query: Query(provider: "prometheus", text: "errors", counters: counters),
            interval: .seconds(15), count: given["count"].flatMap { Int($0) }, failureLimit: nil,
            comparison: comparison)
    }

    private func step(_ text: String, _ metric: Metric) throws -> Step {
        if text == "analysis" { return .analysis([metric]) }
        if text == "pause" { return .pause(nil) }
        let parts = text.split(separator: ":").map(String.init)
        switch parts.first {
        case "scale" where parts[1] == "traffic": return .setScale(.traffic)
        case "scale" where parts[1].hasSuffix("%"):
            return .setScale(.share(Int(parts[1].dropLast()).flatMap(Weight.init(percent:)) ?? .none))
        case "scale": return .setScale(.instances(Int(parts[1]) ?? 0))
        case "header":
            let arm = parts.count > 2 ? Int(parts[2]) ?? 0 : 0
            return .setRule(PlannedRule(name: parts[1], matches: [], deed: .send, arm: arm))
        case "mirror": return .setRule(PlannedRule(name: parts[1], matches: [], deed: .mirror(.all)))
        case "remove": return .removeRule(parts[1])
        case "age": return .reachAge(try duration(parts[1]))
        case "gate":
            let overdue = parts.count > 2 ? Overdue(rawValue: parts[2]) ?? .hold : .hold
            return .gate(
                Gate(
                    name: "qa", url: "http://qa/", deadline: parts.count > 1 ? try duration(parts[1]) : nil,
                    whenOverdue: overdue))
        case "shares":
            return .setShares(
                parts[1].split(separator: "+").compactMap { Int($0) }.compactMap(Weight.init(percent:)))
        case "conclude": return .conclude(Conclusion(rawValue: parts[1]) ?? .ask)
        default: break
        }
        if text.hasPrefix("pause:") { return .pause(try duration(String(text.dropFirst(6)))) }
        let hundredths = Double(text).map { Int(($0 * 100).rounded()) }
        guard let hundredths, let weight = Weight(hundredthsOfPercent: hundredths) else {
            throw ScenarioError("no step: \(text)")
        }
        return .setWeight(weight)
    }

    private func duration(_ text: String) throws -> Duration {
        let units: [Character: Duration] = ["s": .seconds(1), "m": .seconds(60), "h": .seconds(3600)]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()) else {
            throw ScenarioError("no duration: \(text)")
        }
        return unit * count
    }
}

/// One freeze at a time, for whatever is declared.
private struct Calendar: FreezeCalendar {
    var freezes: [Freeze] = []

    func freeze(of declaration: Declaration, at moment: Moment, beside overridden: [Freeze]) -> Freeze? {
        freezes.first { freeze in
            !overridden.contains(freeze) && freeze.until.map { $0 > moment } ?? true
        }
    }
}

struct ScenarioError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
