import Analysis
import Rollouts

/// The routers and providers that the engine reaches the world through, by the names that documents use.
package struct Ports: Sendable {
    let routers: [String: any TrafficRouter]
    let providers: [String: any MetricProvider]
    let gates: (any GateKeeper)?
    let workloads: [String: any WorkloadController]
    let secrets: (any SecretReader)?
    let jobs: [String: any JobRunner]

    package init(
        routers: [any TrafficRouter], providers: [any MetricProvider], gates: (any GateKeeper)? = nil,
        workloads: [any WorkloadController] = [], secrets: (any SecretReader)? = nil,
        jobs: [any JobRunner] = []
    ) {
        self.gates = gates
        self.jobs = Dictionary(uniqueKeysWithValues: jobs.map { ($0.kind, $0) })
        self.secrets = secrets
        self.routers = Dictionary(uniqueKeysWithValues: routers.map { ($0.kind, $0) })
        self.providers = Dictionary(uniqueKeysWithValues: providers.map { ($0.kind, $0) })
        self.workloads = Dictionary(uniqueKeysWithValues: workloads.map { ($0.kind, $0) })
    }

    var allRouters: [any TrafficRouter] { routers.sorted { $0.key < $1.key }.map(\.value) }

    func lane(of job: Job) -> Lane {
        switch job.action {
        case .wake: .free
        case .route(let order) where order.isRollback: .free
        case .scale(let order) where order.isRollback: .free
        case .route(let order):
            .backend("route " + (routers[order.target.router]?.backend(of: order.target) ?? ""))
        case .scale(let order):
            .backend("scale " + (workloads[order.target.controller]?.backend(of: order.target) ?? ""))
        case .measure(let order) where jobs[order.query.provider] != nil: .free
        case .inspect(let order):
            .backend(
                "inspect "
                    + (routers[order.inspection.target.router]?.backend(of: order.inspection.target) ?? ""))
        case .ask(let order): .backend("ask " + (gates?.backend(of: order.gate) ?? ""))
        case .measure(let order):
            .backend("measure " + (providers[order.query.provider]?.backend(of: order.query) ?? ""))
        }
    }

    /// Write, then wait until the data plane shows it. `note` is told in between, when the write was taken.
    func carryOut(
        _ order: RouteOrder, of rollout: RolloutName, journal: String, within limit: Duration,
        on clock: any EngineClock,
        note: @escaping @Sendable (Report) async -> Void
    ) async -> Report {
        let (since, attempt) = (order.since, order.attempt)
        guard let router = routers[order.target.router] else {
            return .routeFailed(since: since, attempt: attempt, failure: unknownRouter(order.target.router))
        }
        let write = RouteWrite(
            rollout: rollout, target: order.target, route: order.route, since: since,
            previous: order.previous, journal: journal, occupants: order.occupants,
            isRollback: order.isRollback)
        return await clock.within(limit) {
            do throws(RouteFailure) {
                let receipt = try await router.write(write)
                await note(.routeAccepted(since: since, receipt: receipt.text))
                return .routed(since: since, evidence: try await router.confirm(receipt).text)
            } catch {
                return .routeFailed(since: since, attempt: attempt, failure: error)
            }
        }
    }

    private func unknownRouter(_ kind: String) -> RouteFailure {
        let known = routers.keys.sorted().joined(separator: ", ")
        return RouteFailure(.rejected, "no router \"\(kind)\" is configured; configured: \(known)")
    }

    var allWorkloads: [any WorkloadController] { workloads.sorted { $0.key < $1.key }.map(\.value) }

    /// Gives the releases their sizes and waits until all instances are ready, or until the time is over.
    func carryOut(
        _ order: ScaleOrder, of rollout: RolloutName, journal: String, within limit: Duration,
        on clock: any EngineClock
    ) async -> Report {
        let (since, attempt) = (order.since, order.attempt)
        guard let controller = workloads[order.target.controller] else {
            return .scaleFailed(
                since: since, attempt: attempt, failure: unknownController(order.target.controller))
        }
        let write = ScaleWrite(
            rollout: rollout, target: order.target, sizes: order.sizes, roles: order.roles, since: since,
            journal: journal, isRollback: order.isRollback)
        return await clock.within(limit) {
            do throws(WorkloadFailure) {
                return .scaled(since: since, evidence: try await controller.scale(write).text)
            } catch {
                return .scaleFailed(since: since, attempt: attempt, failure: error)
            }
        }
    }

    private func unknownController(_ kind: String) -> WorkloadFailure {
        let known = workloads.keys.sorted().joined(separator: ", ")
        return WorkloadFailure(
            .rejected, "no workload controller \"\(kind)\" is configured; configured: \(known)")
    }

    /// The store's own timeout is the limit; a moment more lets the provider say why in its own words.
    func sample(_ query: Query, at now: Moment, on clock: any EngineClock) async -> Sample {
        guard let provider = providers[query.provider] else {
            let known = providers.keys.sorted().joined(separator: ", ")
            return .failure(
                SampleFailure(
                    .refused,
                    "no metrics store of kind \"\(query.provider)\" is configured; configured: \(known)"))
        }
        return await clock.within(query.timeout + .milliseconds(500)) {
            do throws(SecretFailure) {
                let revealed = try await Revealed(query.secrets ?? [:], by: secrets)
                return revealed.concealed(await provider.sample(query.filled(revealed.filled), at: now))
            } catch {
                return .failure(SampleFailure(error.isOutage ? .outage : .refused, error.message))
            }
        }
    }

    /// The gate's own timeout is the limit; a moment more lets the keeper say why in its own words.
    func ask(_ order: GateOrder, of rollout: RolloutName, on clock: any EngineClock) async -> GateAnswer {
        guard let gates else { return .trouble("no gates are configured") }
        return await clock.within(order.gate.timeout + .milliseconds(500)) {
            do throws(SecretFailure) {
                let revealed = try await Revealed(order.gate.secrets ?? [:], by: secrets)
                return revealed.concealed(await gates.ask(order.filled(revealed.filled), of: rollout))
            } catch {
                return .trouble(error.message)
            }
        }
    }
}
