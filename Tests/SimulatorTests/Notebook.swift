import Analysis
import Rollouts
import Simulator
import Testing

/// Scenarios that every crash is tried upon, each with its name.
struct Notebook: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let scenario: Scenario

    /// Envoy's JSON takes its time: there a few of them.
    static let all: [Notebook] = pages(.interface) + pages(.envoy).prefix(3)

    private static func pages(_ mesh: MeshKind) -> [Notebook] {
        [
            Notebook("a good canary", mesh, canary),
            Notebook("a bad canary", mesh, canary, isBad: true),
            Notebook("blue-green with a bake", mesh, blueGreen),
            Notebook("a bad blue-green", mesh, blueGreen, isBad: true),
            Notebook("a test of three arms", mesh, test),
            Notebook("an abort by hand", mesh, waiting, wishes: [(.seconds(40), .abort(why: "errors"))]),
            Notebook(
                "an abort on a full disk", mesh, waiting, wishes: [(.seconds(40), .abort(why: "errors"))],
                others: [(.seconds(39), .diskFull(.seconds(20)))]),
            Notebook(
                "a second release in mid-flight", mesh, waiting,
                wishes: [(.seconds(40), .start(release: "v3"))]),
        ]
    }

    private init(
        _ name: String, _ mesh: MeshKind, _ plan: Plan, isBad: Bool = false,
        wishes: [(Duration, Command)] = [], others: [(Duration, Deed)] = []
    ) {
        testDescription = "\(name), \(mesh)"
        let clusters = plan.armCount > 1 ? ["web-a", "web-b", "web-c"] : ["web-a", "web-b"]
        let declaration = Declaration(
            name: RolloutName("shop"),
            traffic: TrafficTarget(
                router: "envoy", backends: Backends(names: clusters) ?? Backends(a: "a", b: "b")),
            plan: plan, source: "rollouts/shop.yaml")
        var scenario = Scenario(name: name, manifests: [declaration])
        scenario.mesh = mesh
        scenario.calmAfter = .seconds(120)
        if isBad { scenario.health["v2"] = Health(badFrom: Scenario.start + .seconds(25)) }
        let starts = [
            (Duration.seconds(1), Command.start(release: "v1")), (.seconds(20), .start(release: "v2")),
        ]
        scenario.deeds =
            others + (starts + wishes).map { ($0, Deed.wish($1, declaration.name, by: "ci")) }
        scenario.deeds.sort { $0.at < $1.at }
        self.scenario = scenario
    }

    private static let canary = Plan(
        steps: [
            .setWeight(percent(5)), .pause(.seconds(5)), .setWeight(percent(50)),
            .analysis([metric("step", 3)]),
        ],
        background: BackgroundAnalysis(metrics: [metric("errors")]), judgement: .safe)

    private static let blueGreen = Plan(
        steps: [
            .setRule(
                PlannedRule(name: "preview", matches: [RequestMatch(host: .exact("preview"))], deed: .send)),
            .analysis([metric("pre", 2)]), .setWeight(.all),
        ], judgement: .safe, bake: Bake(duration: .seconds(20), metrics: [metric("bake")]))

    private static let test = Plan(
        steps: [.setShares([percent(20), percent(20)]), .pause(.seconds(20)), .conclude(.keep)],
        background: BackgroundAnalysis(metrics: [metric("errors")]), judgement: .safe,
        arms: ["blue", "green"])

    private static let waiting = Plan(steps: [.setWeight(percent(20)), .pause(nil)], judgement: .safe)

    private static func metric(_ name: String, _ count: Int? = nil) -> Metric {
        Metric(
            name: name,
            query: Query(provider: "prometheus", text: "\(name) {{canary.release}}", timeout: .seconds(5)),
            interval: .seconds(4), count: count, successCondition: "result[0] == 1", failureLimit: 1)
    }
}

func percent(_ percent: Int) -> Weight {
    guard let weight = Weight(percent: percent) else { preconditionFailure("no weight: \(percent)") }
    return weight
}
