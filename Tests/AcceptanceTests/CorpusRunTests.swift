import Analysis
import Foundation
import Manifests
import Rollouts
import Testing

/// Argo Rollouts' own documents, as far as they use what is there: they are read, planned, and run to the end.
@Suite struct CorpusRunTests {
    private static let runnable = [
        "functional_rollout-basic.yaml", "functional_rollout-bluegreen.yaml", "rollout-bluegreen.yaml",
        "rollout-canary.yaml", "rollout-template-ref.yaml", "istio_istio-host-split.yaml",
        "istio_istio-subset-split.yaml",
    ]

    @Test(arguments: runnable) func runsToTheEnd(_ file: String) throws {
        let set = ManifestSet.load(paths: [Self.corpus + file])
        #expect(set.errors == [])
        let declaration = try #require(set.declarations.first)
        #expect(describe(declaration).steps.count == declaration.plan.steps.count)
        var drive = Drive(declaration)
        try drive.start("v1")
        try drive.start("v2")
        #expect(drive.rollout.stable?.name == "v2")
        let wanted = declaration.plan.steps.compactMap { step in
            if case .setWeight(let weight) = step { weight } else { nil }
        }
        // What has all traffic already needs no write at the end.
        #expect(drive.weights == [.all] + wanted + (wanted.last == .all ? [] : [.all]))
    }

    private static var corpus: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "ManifestsTests/Corpus/argo-rollouts/").path + "/"
    }
}

/// Drives the machine with a mesh that obeys and a person who promotes whatever waits for one.
private struct Drive {
    private(set) var rollout: Rollout
    private(set) var weights: [Weight] = []
    private var now = Moment(microseconds: 0)

    init(_ declaration: Declaration) {
        rollout = Rollout(name: declaration.name)
        try? take(.declare(declaration))
    }

    mutating func start(_ release: String) throws {
        try take(.start(release: release))
        // No plan of the corpus has more steps than this.
        for _ in 0..<100 where rollout.flight != nil { try advance() }
    }

    private mutating func advance() throws {
        guard let action = rollout.outstanding.first else { return try take(.promote(from: nil)) }
        switch action {
        case .route(let order):
            weights.append(order.route.weight(of: rollout.flight?.release.place ?? .a))
            try take(.report(.routed(since: order.since, evidence: "shown")))
        case .scale(let order): try take(.report(.scaled(since: order.since, evidence: "ready")))
        case .wake(let moment):
            now = max(now, moment)
            try take(.report(.woke(at: moment)))
        case .inspect(let order): try take(.report(.inspected(order, findings: [])))
        case .ask: Issue.record("no plan of these has a gate")
        case .measure: Issue.record("no plan of these measures anything")
        }
    }

    private mutating func take(_ command: Command) throws {
        rollout = try rollout.turn(command, by: "test", at: now).next
    }
}
