import Analysis
import Engine
import Kubernetes
import Rollouts
import Transport

/// One order, on its way: looks, does what the plan says, and looks again, until everything is as ordered.
struct ScaleWork: Sendable {
    let write: ScaleWrite
    let settings: WorkloadSettings
    let workloads: KubernetesWorkloads

    init(_ write: ScaleWrite, _ workloads: KubernetesWorkloads) throws(WorkloadFailure) {
        self.write = write
        self.workloads = workloads
        settings = try WorkloadSettings(write.rollout, write.target)
    }

    var api: any KubernetesAPI { workloads.api }
    var watch: InstanceWatch { workloads.watch }
    var urgency: Urgency { write.isRollback ? .rollback : .ordinary }
    var file: File { File(namespace: settings.namespace, name: settings.name) }

    /// Returns what was seen when all was ready. Ends early only by an error, or when it is cancelled.
    func carryOut() async throws(WorkloadFailure) -> String {
        try await whileWatching { rings async throws(WorkloadFailure) in try await untilDone(rings) }
    }

    /// What is missing now; none when everything is as ordered.
    func lack() async throws(WorkloadFailure) -> String? {
        try await whileWatching { rings async throws(WorkloadFailure) in try await firstLack(rings) }
    }

    private func untilDone(_ rings: AsyncStream<Void>) async throws(WorkloadFailure) -> String {
        var iterator = rings.makeAsyncIterator()
        var last = unseen
        var done: [Deed] = []
        while !Task.isCancelled {
            do throws(WorkloadFailure) {
                switch try await turn(after: done) {
                case .done(let evidence): return evidence
                case .onward(let deeds, let failure): (done, last) = (deeds, failure)
                case .waiting(let failure):
                    last = failure
                    _ = await iterator.next(isolation: nil)
                }
            } catch {
                throw Task.isCancelled ? last : error
            }
        }
        throw last
    }

    /// What one look has led to; and what to say if the time is over then.
    private enum Turn {
        case done(String)
        case onward([Deed], WorkloadFailure)
        case waiting(WorkloadFailure)
    }

    private func turn(after done: [Deed]) async throws(WorkloadFailure) -> Turn {
        guard let look = try await look() else { return .waiting(await blindness) }
        switch look.progress {
        case .done(let evidence): return .done(evidence)
        case .wait(let words): return .waiting(WorkloadFailure(.unready, words))
        case .look: return .waiting(unseen)
        case .act(let deeds):
            let awaited = try await carryOut(deeds, by: look.plan)
            let words = awaited ?? look.plan.shortage ?? "\(write.rollout): on the way"
            let failure = WorkloadFailure(.unready, words)
            // The same again is no progress: something must change first.
            return awaited == nil && deeds != done ? .onward(deeds, failure) : .waiting(failure)
        }
    }

    private func firstLack(_ rings: AsyncStream<Void>) async throws(WorkloadFailure) -> String? {
        var iterator = rings.makeAsyncIterator()
        repeat {
            do throws(WorkloadFailure) {
                switch try await look()?.progress {
                case .done: return nil
                case .wait(let words): return words
                case .act(let deeds): return deeds.lazy.compactMap(\.lack).first
                case .look, nil: break
                }
            } catch {
                guard [.unavailable, .foreign].contains(error.kind) else { return error.message }
                throw error
            }
        } while await iterator.next(isolation: nil) != nil && !Task.isCancelled
        throw await blindness
    }

    private var unseen: WorkloadFailure {
        WorkloadFailure(.unavailable, "\(write.rollout): the ReplicaSets were not seen in time")
    }

    private var blindness: WorkloadFailure {
        get async { await watch.trouble(of: file).map { WorkloadFailure(.unavailable, $0) } ?? unseen }
    }
}

// MARK: - Being told

extension ScaleWork {
    private func whileWatching<Outcome: Sendable>(
        _ body: (AsyncStream<Void>) async throws(WorkloadFailure) -> Outcome
    ) async throws(WorkloadFailure) -> Outcome {
        let (number, bell, rings) = await watch.bell(of: file)
        // Called off with the end of this function.
        async let _: Void = tick(bell)
        let result: Result<Outcome, WorkloadFailure>
        do throws(WorkloadFailure) {
            result = .success(try await body(rings))
        } catch {
            result = .failure(error)
        }
        await watch.takeDown(number, of: file)
        return try result.get()
    }

    /// Services and endpoints are not watched: they are looked at again after a while.
    private func tick(_ bell: AsyncStream<Void>.Continuation) async {
        do {
            while true {
                try await workloads.pace.sleep(workloads.pace.look)
                bell.yield()
            }
        } catch {
            // The order is done, or called off.
            return
        }
    }
}

// MARK: - Looking

/// What was seen, and what it comes to.
struct ScaleLook: Sendable {
    let plan: ScalePlan
    let progress: Progress

    init(_ plan: ScalePlan) throws(WorkloadFailure) {
        self.plan = plan
        progress = try plan.progress()
    }
}

extension ScaleWork {
    /// None while it can't be seen what is there.
    private func look() async throws(WorkloadFailure) -> ScaleLook? {
        guard let instances = try await instances() else { return nil }
        let now = workloads.pace.now()
        let look = try ScaleLook(plan(instances, now: now))
        guard look.progress == .look else { return look }
        return try ScaleLook(plan(instances, try await surroundings(), now: now))
    }

    private func plan(_ instances: Instances, _ surroundings: Surroundings? = nil, now: Moment) -> ScalePlan {
        ScalePlan(write, settings, instances, surroundings, now: now, epoch: workloads.epoch)
    }

    private func instances() async throws(WorkloadFailure) -> Instances? {
        do throws(KubernetesError) {
            return try await watch.instances(of: file)
        } catch {
            throw WorkloadFailure(error)
        }
    }

    private func surroundings() async throws(WorkloadFailure) -> Surroundings {
        do throws(KubernetesError) {
            var services: [ServiceSight] = []
            for service in settings.services {
                if let sight = try await sight(of: service.name) { services.append(sight) }
            }
            return Surroundings(services: services, deployment: try await deployment())
        } catch {
            throw WorkloadFailure(error)
        }
    }

    private func sight(of service: String) async throws(KubernetesError) -> ServiceSight? {
        guard let object = try await found(ObjectReference(.service, service, in: settings.namespace)) else {
            return nil
        }
        let query = ObjectQuery(
            .endpointSlice, in: settings.namespace, labels: "kubernetes.io/service-name=\(service)")
        return ServiceSight(object, slices: try await api.list(query, urgency).items)
    }

    private func deployment() async throws(KubernetesError) -> DeploymentSight? {
        guard case .deployment(let name, _) = settings.source else { return nil }
        return try await found(ObjectReference(.deployment, name, in: settings.namespace))
            .map(DeploymentSight.init)
    }

    private func found(_ reference: ObjectReference) async throws(KubernetesError) -> JSON? {
        do throws(KubernetesError) {
            return try await api.read(reference, urgency)
        } catch {
            guard error.kind == .missing else { throw error }
            return nil
        }
    }
}
