import Rollouts
import Testing
import Transport

@testable import Traffic

extension MeshGround {
    /// A real Consul.
    static let consul = MeshGround(name: "Consul", takesRules: true, resolution: 100) { claim in
        try await withConsul { router, hand, _ in
            let mesh = ConsulMesh(router: router, hand: hand, target: try consulTarget())
            // Both subsets are pointed at their releases by the first split.
            try await mesh.carry(mesh.write(split(20), since: 1))
            try await mesh.carry(mesh.write(.all(to: .a), since: 2, isRollback: true))
            try await claim(mesh)
        }
    }
}

private struct ConsulMesh: RoutedMesh {
    let router: ConsulRouter
    let hand: ConsulHand
    let target: TrafficTarget

    /// Hundredths of a percent, as Consul takes them.
    func weights() async throws -> [Int] {
        let weights = try await hand.weights()
        return ["web-a", "web-b"].map { Int(((weights[$0] ?? 0) * 100).rounded()) }
    }

    func version() async throws -> String { "\(try await hand.index() ?? 0)" }

    func rest() async throws -> JSON {
        var rest: JSON = [:]
        for kind in [EntryName.Kind.defaults, .resolver, .router] {
            guard var entry = try await hand.content(kind) else { continue }
            let meta = entry["Meta"]?.object ?? [:]
            entry["Meta"] = .object(meta.filter { !$0.key.hasPrefix("headgate.dev/") })
            rest[kind.rawValue] = entry
        }
        return rest
    }

    func meddle() async throws {
        try await hand.edit(.splitter) { entry in
            entry["Splits"] = [
                ["Weight": 60, "ServiceSubset": "web-a"], ["Weight": 40, "ServiceSubset": "web-b"],
            ]
        }
    }

    func bookmark() async throws -> PutBack {
        let (hand, splits) = (hand, try await hand.content(.splitter)?["Splits"])
        return { try await hand.edit(.splitter) { $0["Splits"] = splits } }
    }

    func close() async { await router.close() }
}
