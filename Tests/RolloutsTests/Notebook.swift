import Analysis
import Rollouts

/// A rollout and a clock, driven by the words of a scenario. What it answers is what the scenario file shows.
struct Notebook {
    private var rollout = Rollout(name: RolloutName("checkout"))
    private var now = Moment(microseconds: 0)

    /// Every event so far, to be folded anew: a log must lead to the state it came from.
    private(set) var log: [Entry] = []
    var state: Rollout { rollout }

    mutating func run(_ line: String) throws -> [String] {
        var words = line.split(separator: " ").map(String.init)
        let verb = words.removeFirst()
        if verb == "after" { now = now + (try duration(words.joined())) }
        let commands = try commands(verb, words)
        return try commands.flatMap { try take($0) } + wants
    }

    private mutating func take(_ command: Command) throws -> [String] {
        do throws(Refusal) {
            let (entries, next) = try rollout.turn(command, by: "alice", at: now)
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
            let (a, b) = (order.route.weight(of: .a), order.route.weight(of: .b))
            return "\(lane) a=\(a) b=\(b) since=\(order.since)\(retry)"
        case .measure(let order):
            return "wants measure \(name(of: order)) number=\(order.number) at=\(clock(order.notBefore))"
        case .wake(let moment): return "wants wake at=\(clock(moment))"
        }
    }

    private func name(of order: MeasureOrder) -> String {
        switch order.run.kind {
        case .step: "step"
        case .background(let number): "background/\(number)"
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
        case "promote" where words == ["full"]: [.promoteFully]
        case "promote": [.promote(from: words.first.flatMap { Int($0) }.map { $0 - 1 })]
        case "pause": [.pause]
        case "resume": [.resume]
        case "abort": [.abort(why: words.isEmpty ? nil : words.joined(separator: " "))]
        case "retry": [.retry]
        case "after": [.report(.woke(at: now))]
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
        case "drifted": [.report(.drifted(found: words.joined(separator: " "), bears: nil))]
        case "strange": [.report(.drifted(found: "a strange write", bears: UInt64(words[0])))]
        case "late": [.report(.routed(since: UInt64(words[0]) ?? 0, evidence: "an old report"))]
        case "read": measures(words).map { measured($0, sample(words)) }
        default: throw ScenarioError("unknown verb \(verb)")
        }
    }

    private var routes: [RouteOrder] {
        rollout.outstanding.compactMap { if case .route(let order) = $0 { order } else { nil } }
    }

    private func fail(_ order: RouteOrder, _ failure: RouteFailure) -> Command {
        .report(.routeFailed(since: order.since, attempt: order.attempt, failure: failure))
    }

    /// The measurements that are due: of the step or the background where the words say so, else all.
    private func measures(_ words: [String]) -> [MeasureOrder] {
        rollout.outstanding.compactMap { action in
            guard case .measure(let order) = action, order.notBefore <= now else { return nil }
            let isNamed = ["step", "background"].contains(words[0])
            return !isNamed || name(of: order).hasPrefix(words[0]) ? order : nil
        }
    }

    private func measured(_ order: MeasureOrder, _ sample: Sample) -> Command {
        .report(.measured(order, sample, startedAt: now, finishedAt: now))
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
        let target = TrafficTarget(
            router: "envoy", backends: .init(a: "checkout-a", b: given["b"] ?? "checkout-b"))
        return Declaration(
            name: rollout.name, traffic: target, plan: plan, isPaused: given["paused"] != nil,
            source: "rollouts/checkout.yaml")
    }

    private func metric(_ given: [String: String]) throws -> Metric {
        Metric(
            name: "success", query: Query(provider: "prometheus", text: "success{{canary.backend}}"),
            interval: .seconds(10), count: given["count"].flatMap { Int($0) } ?? 1,
            successCondition: "result[0] >= 0.95",
            failureCondition: given["between"] == nil ? nil : "result[0] < 0.5",
            failureLimit: given["limit"].flatMap { Int($0) } ?? 0,
            consecutiveErrorLimit: given["errors"].flatMap { Int($0) } ?? 4)
    }

    private func step(_ text: String, _ metric: Metric) throws -> Step {
        if text == "analysis" { return .analysis([metric]) }
        if text == "pause" { return .pause(nil) }
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

struct ScenarioError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
