package import Analysis
package import Engine
package import Kubernetes
import Rollouts
import Transport

/// Stages experiments: ReplicaSets beside a rollout's own, for as long as something looks at them.
package struct KubernetesExperiments: JobRunner {
    package let kind = "experiment"
    package let stages = true
    private let api: any KubernetesAPI
    /// Where to look for what was left behind; none: everywhere.
    private let namespaces: [String]?
    private let now: @Sendable () -> Moment

    private static let manager = "headgate"

    package init(
        _ api: any KubernetesAPI, namespaces: [String]? = nil,
        now: @escaping @Sendable () -> Moment = Moment.wall
    ) {
        self.api = api
        self.namespaces = namespaces
        self.now = now
    }

    /// The first good measurement says that all is ready; the one after it lasts until it is called off.
    package func run(_ order: JobOrder) async -> Sample {
        if order.isTime { return .ended(.passed, message: "the time is over") }
        do throws(SampleFailure) {
            let sample = try await staged(try ExperimentPlan(order))
            guard order.measurement.successful > 0, case .ended(.passed, _) = sample else { return sample }
            // Cut short means that it is called off.
            try? await Task.sleep(for: .seconds(1 << 40))
            throw SampleFailure(.outage, "nobody looks at the experiment any more")
        } catch {
            return .failure(error)
        }
    }

    package func end(_ order: JobOrder) async throws(SampleFailure) {
        let plan = try ExperimentPlan(order)
        try await takeAway(plan.settings.namespace, plan.selector) { $0 == plan.identity }
    }

    package func sweep(
        _ journal: String, keeping wanted: @Sendable () async -> [JobOrder]
    ) async throws(SampleFailure) {
        for place in namespaces.places {
            let kept = Set(await wanted().map { ExperimentPlan.identity(of: $0) })
            try await takeAway(place, ExperimentPlan.label) {
                $0.hasPrefix("\(journal)/") && !kept.contains($0)
            }
        }
    }
}

extension JobOrder {
    /// Whether it only lets the time pass.
    fileprivate var isTime: Bool { measurement.query.text == "{\"time\":true}" }
}

extension KubernetesExperiments {
    private func staged(_ plan: ExperimentPlan) async throws(SampleFailure) -> Sample {
        var last = "not looked at yet"
        while !Task.isCancelled {
            switch try await look(plan) {
            case .ready(let text): return .ended(.passed, message: text)
            case .failing(let text): return .ended(.failed, message: text)
            case .late(let text): return .ended(.stopped, message: "\(text) after ten minutes")
            case .waiting(let text): last = text
            case .missing(let variant):
                try await make(variant, by: plan)
                continue
            case .inTheWay(let variant, let isOurs):
                let object = plan.reference(to: variant)
                guard isOurs else {
                    throw SampleFailure(
                        .refused, "\(object) is there and is not this experiment's; remove it")
                }
                try await delete(object)
            }
            // Cut short means that it is called off, which the loop sees.
            try? await Task.sleep(for: .seconds(1))
        }
        throw SampleFailure(.outage, "called off: \(last)")
    }

    private func look(_ plan: ExperimentPlan) async throws(SampleFailure) -> ExperimentPlan.Sight {
        let replicaSets = try await list(.replicaSet, plan.settings.namespace, plan.selector)
        let pods = try await list(.pod, plan.settings.namespace, plan.selector)
        return plan.sight(replicaSets, pods, at: now())
    }

    private func make(
        _ variant: ExperimentPlan.Variant, by plan: ExperimentPlan
    ) async throws(SampleFailure) {
        let own = try await list(
            .replicaSet, plan.settings.namespace, "\(Mark.rollout)=\(plan.settings.name)")
        guard let template = plan.template(of: variant, among: own) else {
            throw SampleFailure(
                .refused, "release \(variant.release) has no ReplicaSet to make \(variant.name) from")
        }
        let document = plan.document(of: variant, from: template)
        do throws(KubernetesError) {
            let write = ObjectWrite(plan.reference(to: variant), .create(document), manager: Self.manager)
            _ = try await api.write(write, .ordinary)
        } catch {
            // Whose it is is seen at the next look.
            if error.kind != .exists { throw SampleFailure(error) }
        }
    }

    private func takeAway(
        _ namespace: String?, _ selector: String, _ isMeant: (_ identity: String) -> Bool
    ) async throws(SampleFailure) {
        for object in try await list(.replicaSet, namespace, selector) {
            let metadata = object["metadata"]
            guard let identity = metadata["annotations"][ExperimentPlan.annotation]?.string, isMeant(identity)
            else { continue }
            try await delete(
                ObjectReference(
                    .replicaSet, metadata["name"]?.string ?? "",
                    in: metadata["namespace"]?.string ?? namespace))
        }
    }

    private func list(
        _ kind: ResourceKind, _ namespace: String?, _ labels: String
    ) async throws(SampleFailure) -> [JSON] {
        do throws(KubernetesError) {
            return try await api.list(ObjectQuery(kind, in: namespace, labels: labels), .ordinary).items
        } catch {
            throw SampleFailure(error)
        }
    }

    private func delete(_ object: ObjectReference) async throws(SampleFailure) {
        do throws(KubernetesError) {
            _ = try await api.write(ObjectWrite(object, .delete(uid: nil), manager: Self.manager), .ordinary)
        } catch {
            if error.kind != .missing { throw SampleFailure(error) }
        }
    }
}

extension SampleFailure {
    fileprivate init(_ error: KubernetesError) {
        let isOutage =
            switch error.kind {
            case .unavailable, .expired, .stale, .cancelled, .unauthenticated: true
            default: false
            }
        self.init(isOutage ? .outage : .refused, error.message)
    }
}
