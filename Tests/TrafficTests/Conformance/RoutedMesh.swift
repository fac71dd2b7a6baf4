import Engine
import Rollouts
import Testing
import Transport

@testable import Traffic

typealias PutBack = @Sendable () async throws -> Void

/// A mesh in which both releases of `web` can be reached, and a router that speaks with it: what all routers are held to
/// is said in these words.
protocol RoutedMesh: Sendable {
    associatedtype Router: TrafficRouter
    var router: Router { get }
    var target: TrafficTarget { get }

    /// By place, as they are stored.
    func weights() async throws -> [Int]
    /// Another one after each write.
    func version() async throws -> String
    /// What is stored beside the weights of the split and the marks.
    func rest() async throws -> JSON
    /// Somebody in a hurry gives the second place another weight.
    func meddle() async throws
    /// Puts the split back to what it is now, as whoever meddled would.
    func bookmark() async throws -> PutBack
    func close() async
}

extension RoutedMesh {
    func write(
        _ route: Route, since: Rollouts.Sequence, previous: Rollouts.Sequence? = nil,
        journal: String = "north", rollout: String = "web", isRollback: Bool = false
    ) -> RouteWrite {
        RouteWrite(
            rollout: RolloutName(rollout), target: target, route: route, since: since, previous: previous,
            journal: journal, occupants: [.a: "v1", .b: "v2"], isRollback: isRollback)
    }

    /// Writes, and returns what proves it.
    @discardableResult
    func carry(_ write: RouteWrite) async throws -> String {
        try await router.confirm(try await router.write(write)).text
    }

    func failure(of write: RouteWrite) async -> RouteFailure? {
        do throws(RouteFailure) {
            _ = try await router.write(write)
            return nil
        } catch {
            return error
        }
    }

    /// Whether the second place has that share: exactly, or to the last digit that the mesh takes.
    func gives(_ share: Weight, within resolution: UInt32) async throws -> Bool {
        let weights = try await weights()
        let sum = weights.reduce(0, +)
        guard weights.count == 2, sum > 0, (weights[1] == 0) == (share == .none) else { return false }
        let difference = weights[1] * Int(Weight.all.millionths) - Int(share.millionths) * sum
        return difference.magnitude <= Int(resolution) * sum
    }

    func gives(_ percent: Int) async throws -> Bool {
        try await gives(try #require(Weight(percent: percent)), within: 0)
    }
}

/// One of the meshes, and how it is set up for one claim.
struct MeshGround: Sendable, CustomTestStringConvertible {
    let name: String
    let takesRules: Bool
    /// The smallest step that a weight can make there, in millionths of all traffic; 0: whatever is asked for.
    let resolution: UInt32
    let play: @Sendable (_ claim: (any RoutedMesh) async throws -> Void) async throws -> Void

    var testDescription: String { name }

    static let all =
        [envoy, consul, consulResources] + RouterStage.all.filter { !$0.makesObject }.map(MeshGround.init)
}
