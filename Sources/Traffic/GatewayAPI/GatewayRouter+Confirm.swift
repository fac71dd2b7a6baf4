package import Engine
import Kubernetes
package import Rollouts
import Transport

extension GatewayRouter {
    /// Climbs the levels of proof as far as is wanted and can be.
    package func confirm(_ receipt: RouteReceipt) async throws(RouteFailure) -> RouteEvidence {
        let write = receipt.write
        let target = try GatewayTarget(write.target)
        let wanted = try NamedRoute(write, managed: [])
        var proof = Proof(stored: receipt.token)
        let objects =
            settings.level >= .accepted
            ? try await awaitAcceptance(of: write, target, &proof)
            : try await sight(of: write.rollout, write.target, target, write.urgency)
        if settings.level == .acked { proof.note("not asked for acks: no route tells of its data plane") }
        if settings.level >= .observed { await observe(&proof, wanted, write, target, objects) }
        for doubt in await doubts(about: wanted, in: objects) { proof.note(doubt) }
        return RouteEvidence(text: "\(proof)")
    }
}

extension GatewayRouter {
    /// Looks until everybody has spoken of this version, or for as long as anybody might who need not.
    private func awaitAcceptance(
        of write: RouteWrite, _ target: GatewayTarget, _ proof: inout Proof
    ) async throws(RouteFailure) -> [GatewayObject] {
        var waited = Duration.zero
        var pauses = pace.pauses.makeIterator()
        var pause = pace.pauses.first ?? .seconds(1)
        while true {
            let objects = try await sight(of: write.rollout, write.target, target, write.urgency)
            for object in objects { try object.checkAcceptance(of: write) }
            var statements: [String]? = []
            for object in objects {
                guard let text = try await statement(about: object, waited, write) else {
                    statements = nil
                    break
                }
                statements?.append(text)
            }
            if let statements {
                proof.reach(.accepted, statements.joined(separator: "; "))
                return objects
            }
            pause = pauses.next() ?? pause
            do {
                try await pace.sleep(pause)
            } catch {
                throw RouteFailure(.unverified, try lateness(of: objects))
            }
            waited += pause
        }
    }

    /// What is said of the object; none where it is worth while to look again.
    private func statement(
        about object: GatewayObject, _ waited: Duration, _ write: RouteWrite
    ) async throws(RouteFailure) -> String? {
        guard object.route.kind != .trafficSplit else { return "(a TrafficSplit has no status)" }
        let isPatient = waited >= settings.settle || write.isRollback
        let profiles = await implementations.of(object).map(\.profile)
        let isExpected = profiles.allSatisfy { $0 != nil }
        switch RouteStatus(object.object).verdict(expected: isExpected) {
        case .accepted(let names): return "by \(names.joined(separator: ", "))"
        case .refused(let text, let isCurrent):
            // Who does not say which version is refused may still be at the last one.
            guard isCurrent || isPatient else { return nil }
            throw RouteFailure(.rejected, "\(object.reference) is refused by \(text)")
        case .undated(let names):
            let isToCome = profiles.contains { $0?.tellsGeneration == true }
            guard !isToCome || isPatient else { return nil }
            return "(\(names.joined(separator: ", ")) does not say which version it accepted)"
        case .awaited(let names, let isSure):
            guard !isSure, isPatient else { return nil }
            return "(nobody says so for \(names.joined(separator: ", ")): no status was written)"
        }
    }

    private func lateness(of objects: [GatewayObject]) throws(RouteFailure) -> String {
        let late = objects.compactMap { object -> String? in
            switch RouteStatus(object.object).verdict(expected: true) {
            case .awaited(let names, _):
                "\(object.reference) is not accepted yet by \(names.joined(separator: ", "))"
            case .refused(let text, _): "\(object.reference) is refused by \(text)"
            case .accepted, .undated: nil
            }
        }
        return late.isEmpty ? "called off before it was accepted" : late.joined(separator: "; ")
    }

    private func doubts(about wanted: NamedRoute, in objects: [GatewayObject]) async -> [String] {
        var doubts: [String] = []
        for object in objects {
            for implementation in await implementations.of(object) {
                let unsure = implementation.doubts(about: wanted, in: object.route)
                guard !unsure.isEmpty else { continue }
                doubts.append(
                    "not known whether \(implementation.name) honours \(unsure.joined(separator: ", "))")
            }
        }
        return doubts
    }

    private func observe(
        _ proof: inout Proof, _ wanted: NamedRoute, _ write: RouteWrite, _ target: GatewayTarget,
        _ objects: [GatewayObject]
    ) async {
        let names = write.target.backends.names
        var profile: GatewayProfile?
        if let object = objects.first { profile = await implementations.of(object).first?.profile }
        let counter = counter(names, target, objects.first, profile)
        let look = CountedShares(
            counter: counter, wanted: wanted, names: names, pace: pace, looksMax: settings.countsMax)
        await look.prove(&proof)
    }

    private func counter(
        _ names: [String], _ target: GatewayTarget, _ object: GatewayObject?, _ profile: GatewayProfile?
    ) -> RequestCounter? {
        guard let address = settings.prometheus, let object else { return nil }
        let namespace = object.reference.namespace ?? settings.namespace
        let native = profile?.series(of: object.reference, in: namespace)
        let counts = target.counts ?? native.map { BackendCounts(label: $0.label, values: names) }
        guard let counts, let series = native?.series ?? counts.metric.map(CountedSeries.init(metric:)) else {
            return nil
        }
        return RequestCounter(
            address: address, timeout: settings.timeout, sender: sender, counts: counts, series: series)
    }
}

extension CountedSeries {
    fileprivate init(metric: String) {
        self.init(metric: metric, matchers: [])
    }
}

extension GatewayProfile {
    /// What counts a mesh's requests by backend; none where there is nothing of that kind.
    fileprivate func series(
        of route: ObjectReference, in namespace: String
    ) -> (series: CountedSeries, label: String)? {
        switch name {
        case Self.istio.name: (.istio(in: namespace), "destination_service_name")
        case Self.linkerd.name: (.linkerd(route, in: namespace), "backend_name")
        default: nil
        }
    }
}
