import Foundation
import Lab
import Server

/// Plays a scenario on an installation, under a steady load, and says what was seen.
struct DemoPlay {
    let installation: Installation
    let scenario: DemoScenario
    let version: String
    let perSecond: Int
    let show: (RolloutStatus, LoadResult) -> Void
    let say: (String) -> Void
    /// Where the scenario is played on a mesh.
    var stage: (any MeshStage)?
    /// The same of Consul's.
    var consul: ConsulStage?

    func run() async throws -> DemoReport.Scenario {
        let load = Load(
            try installation.url(), perSecond: perSecond, kinds: scenario.kinds, http: installation.http)
        let began = ContinuousClock.now
        let before = try await installation.client.status(Installation.rollout).sequence
        var seen = Seen()
        let result = try await load.during {
            seen = try await play(load)
            // A moment more, so that a request lost by the last shift would be seen.
            try await Task.sleep(for: .milliseconds(500))
        }
        let history = try await installation.client.history(Installation.rollout, after: before, limit: 1_000)
        return DemoReport.Scenario(
            scenario, result, history.entries, seen, in: ContinuousClock.now - began)
    }

    /// What a story saw beside the counts that all of them have.
    struct Seen {
        /// When the release began to fail.
        var breachAt: Date?
        var claims: [DemoClaim] = []
    }

    private func play(_ load: Load) async throws -> Seen {
        try installation.commit(scenario.manifest)
        say("CI deploys \(version) to the place without traffic and announces it by a signed webhook")
        let service = try await installation.deploy(version)
        // The watcher takes a changed file once it has kept still for a second.
        _ = try await installation.wait(for: "the manifest to be taken") { status in
            status.steps.contains { $0.contains(scenario.mark) }
        }
        let former = try await installation.client.status(Installation.rollout).stable?.release ?? ""
        try await installation.announce(version)
        switch scenario {
        case .good: try await arrive(load)
        case .manual: try await promote(load)
        case .bad: return Seen(breachAt: try await breakDown(service, load) { ($0.step?.number ?? 0) >= 4 })
        case .rules: return Seen(claims: try await followRules(service, former, load))
        case .blueGreen: return Seen(claims: try await preview(former, load))
        case .switchBack: return Seen(breachAt: try await breakDown(service, load) { $0.step?.number == 5 })
        case .abTest: return Seen(claims: try await compare(former, load))
        case .bake: return Seen(breachAt: try await breakDown(service, load, when: \.isBaking))
        case .istio, .gatewayAPI, .linkerd: return Seen(claims: try await climbByObjects(load))
        case .istioBad, .gatewayAPIBad, .linkerdBad:
            let breachAt = try await breakDown(service, load) { ($0.step?.number ?? 0) >= 4 }
            return Seen(breachAt: breachAt, claims: [try onStage().claimForeignIsUntouched()])
        case .consul: return Seen(claims: try await climbBySplitter(load))
        case .consulBad: return try await failWhileConsulRestarts(service, load)
        }
        return Seen()
    }

    func wait(
        for what: String, _ load: Load, until claim: (RolloutStatus) -> Bool
    ) async throws {
        _ = try await installation.wait(for: what, each: { show($0, load.result) }, until: claim)
    }

    func arrive(_ load: Load) async throws {
        try await wait(for: "\(version) to arrive", load) {
            $0.stable?.release == version && $0.routing?.isApplied == true
        }
    }

    private func promote(_ load: Load) async throws {
        try await wait(for: "the pause", load) { $0.step?.number == 2 }
        try await Task.sleep(for: .seconds(3))
        say("a person types: headgate promote checkout")
        let answer = try await installation.type(["promote", Installation.rollout])
        say(answer.trimmingCharacters(in: .whitespacesAndNewlines))
        try await arrive(load)
    }

    func breakDown(
        _ service: DemoProcess, _ load: Load, when isTime: (RolloutStatus) -> Bool
    ) async throws -> Date {
        try await wait(for: "the moment to fail", load, until: isTime)
        try await service.set(DemoFault(rate: 0.4))
        let breachAt = Date()
        say("\(version) starts to fail 40 % of its requests")
        try await wait(for: "\(version) to be taken back", load) {
            $0.failure?.release == version && $0.routing?.isApplied == true
        }
        return breachAt
    }
}

// MARK: - The strategies

extension DemoPlay {
    private func followRules(
        _ service: DemoProcess, _ former: String, _ load: Load
    ) async throws -> [DemoClaim] {
        let window = try await window(of: .seconds(2), load) { $0.step?.number == 4 }
        let copies = try await service.counts().copies
        say("\(copies) copies of requests warmed \(version) up")
        try await arrive(load)
        return [
            window.claim("staff", see: version), window.claim("testers", see: version),
            window.claim("everybody", see: former),
            DemoClaim("copies reached \(version): \(copies)", holds: copies > 0),
        ]
    }

    private func preview(_ former: String, _ load: Load) async throws -> [DemoClaim] {
        let window = try await window(of: .seconds(2), load) { $0.step?.number == 2 }
        try await arrive(load)
        return [window.claim("preview", see: version), window.claim("everybody", see: former)]
    }

    /// By two seconds every user has come back often enough to have a cookie. From there on nobody may move.
    private func compare(_ former: String, _ load: Load) async throws -> [DemoClaim] {
        try await wait(for: "the test", load) { $0.step?.number == 2 }
        try await Task.sleep(for: .seconds(2))
        let window = try await window(of: .seconds(3), load) { $0.step?.number == 2 }
        try await arrive(load)
        return [window.claimNobodyMoved("users"), window.claimShare(of: version, among: "users", about: 0.3)]
    }

    /// What the load saw for some time from a moment on.
    func window(
        of time: Duration, _ load: Load, from isTime: (RolloutStatus) -> Bool
    ) async throws -> DemoWindow {
        try await wait(for: "the step to look at", load, until: isTime)
        // Answers that were on their way when the step began are none of it.
        try await Task.sleep(for: .milliseconds(300))
        let before = load.result
        try await Task.sleep(for: time)
        return DemoWindow(before: before, after: load.result)
    }
}

extension RolloutStatus {
    fileprivate var isBaking: Bool { step?.text.hasPrefix("baking") == true && routing?.isApplied == true }
}
