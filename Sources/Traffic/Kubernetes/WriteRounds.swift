import Engine
import Kubernetes
import Rollouts
import Transport

/// The next writes for a wanted route, from the objects as they were read.
protocol RoutePlan: Sendable {
    /// All at once: none of them waits for another one.
    var writes: [ObjectWrite] { get }
    /// Whether the route is in place afterwards.
    var isLast: Bool { get }
}

/// Reads, plans and writes until the plan is the last one. A write that came too late is planned anew.
struct WriteRounds {
    let api: any KubernetesAPI
    let drift: DriftWatch
    let write: RouteWrite

    /// - Parameter plan: reads and plans, and lets pass what has to pass before the writes; with the objects that
    ///   bear the route.
    func run<Plan: RoutePlan>(
        _ plan: () async throws(RouteFailure) -> (plan: Plan, objects: [any RoutedObject])
    ) async throws(RouteFailure) -> RouteReceipt {
        await drift.begin(write.rollout)
        do throws(RouteFailure) {
            let receipt = try await rounds(plan)
            await drift.end(write.rollout)
            return receipt
        } catch {
            await drift.end(write.rollout)
            throw error
        }
    }

    private func rounds<Plan: RoutePlan>(
        _ plan: () async throws(RouteFailure) -> (plan: Plan, objects: [any RoutedObject])
    ) async throws(RouteFailure) -> RouteReceipt {
        var losses = 0
        var written: [ObjectReference] = []
        for _ in 1...roundsMax {
            let (plan, objects) = try await plan()
            let outcomes = await api.carryOut(plan.writes, write.urgency)
            await learn(outcomes)
            if let failure = outcomes.failure {
                losses += 1
                guard failure.kind == .stale, losses < lossesMax else { throw outcomes.routeFailure(failure) }
                continue
            }
            written += plan.writes.map(\.object)
            if plan.isLast { return receipt(objects, outcomes, written) }
        }
        throw RouteFailure(
            .unavailable,
            "the subsets were not right after \(roundsMax) moves: somebody else changes them too")
    }

    private func learn(_ outcomes: WriteOutcomes) async {
        for (write, outcome) in zip(outcomes.writes, outcomes.outcomes) {
            guard case .success(let object) = outcome else { continue }
            await drift.learn(object, at: write.object, of: self.write.rollout)
        }
    }

    private func receipt(
        _ objects: [any RoutedObject], _ outcomes: WriteOutcomes, _ written: [ObjectReference]
    ) -> RouteReceipt {
        var versions = objects.map { ($0.reference, $0.object.resourceVersion ?? "?") }
        for (write, object) in zip(outcomes.writes, outcomes.objects) {
            guard let index = versions.firstIndex(where: { $0.0 == write.object }) else { continue }
            versions[index].1 = object.resourceVersion ?? "?"
        }
        var names: [String] = []
        for name in written.map(\.description) where !names.contains(name) { names.append(name) }
        let text =
            names.isEmpty
            ? "found in place: " + versions.map { "\($0.0)" }.joined(separator: ", ")
            : "wrote " + names.joined(separator: ", ")
        return RouteReceipt(write: write, text: text, token: storedText(versions))
    }
}

private let roundsMax = 10
private let lossesMax = 5

/// `at resourceVersion 4711`; with several objects, each with its own.
private func storedText(_ versions: [(reference: ObjectReference, version: String)]) -> String {
    guard versions.count > 1 else { return "at resourceVersion \(versions.first?.version ?? "?")" }
    return "at resourceVersions "
        + versions.map { "\($0.reference.name) \($0.version)" }.joined(separator: ", ")
}

extension RouteWrite {
    var urgency: Urgency { isRollback ? .rollback : .ordinary }
}
