import Engine
import Kubernetes
package import Rollouts
import Transport

extension GatewayRouter {
    package func inspect(
        _ inspection: Inspection, of rollout: RolloutName
    ) async throws(RouteFailure) -> [Finding] {
        let target = try GatewayTarget(inspection.target)
        let objects: [GatewayObject]
        do throws(RouteFailure) {
            objects = try await sight(of: rollout, inspection.target, target, .ordinary)
        } catch {
            // What can't be read now is for the engine to say; what is not as it should be is a finding.
            guard error.kind == .rejected else { throw error }
            return [.unfit("trafficRouting.\(kind)", error.message)]
        }
        var findings: [Finding] = []
        var carriers: [Implementation] = []
        for object in objects {
            let own = await implementations.of(object)
            findings += await self.findings(of: object, carriedBy: own, inspection.isSticky)
            carriers += own
        }
        let namespace = objects.first?.reference.namespace ?? settings.namespace
        let parents = objects.flatMap(\.parentServices)
        return findings + (await survey(inspection, in: namespace, carriers, parents)).findings
    }

    /// Of one route by itself.
    private func findings(
        of object: GatewayObject, carriedBy carriers: [Implementation], _ isSticky: Bool
    ) async -> [Finding] {
        var findings = object.statusFindings(isKnown: carriers.contains { $0.profile != nil })
        findings += [.owner(of: object.splitPath, in: object.object, "\(object.reference)")].compactMap(
            \.self)
        do throws(RouteFailure) {
            if isSticky, object.route.keepsSessions { try await preflight.checkSessions(of: object) }
            try await preflight.check(object, carriers)
        } catch {
            findings.append(.unfit("\(object.reference)", error.message))
        }
        return findings + object.resilienceFindings
            + object.sessionFindings(isSticky: isSticky, carriers)
    }

    private func survey(
        _ inspection: Inspection, in namespace: String, _ carriers: [Implementation],
        _ parents: [String]
    ) async -> ServiceSurvey {
        let isLinkerd =
            kind == LinkerdProfile.router
            || carriers.contains { $0.profile?.name == GatewayProfile.linkerd.name }
        async let services = api.look(for: ObjectQuery(.service, in: namespace))
        async let pods = api.look(for: ObjectQuery(.pod, in: namespace))
        var survey = ServiceSurvey(
            inspection: inspection, namespace: namespace, services: await services, pods: await pods)
        guard isLinkerd else { return survey }
        async let servers = api.look(for: ObjectQuery(.linkerdServer, in: namespace))
        async let policies = api.look(for: ObjectQuery(.linkerdPolicy, in: namespace))
        async let authentications = api.look(for: ObjectQuery(.linkerdAuthentication, in: namespace))
        let space = await api.look(at: ObjectReference(.namespace, namespace, in: nil))
        survey.linkerd = LinkerdSurvey(
            servers: await servers, policies: await policies, authentications: await authentications,
            namespace: space.value, parents: parents)
        return survey
    }
}

extension GatewayObject {
    /// The Services that it speaks for, in its own namespace.
    fileprivate var parentServices: [String] {
        (object["spec"]["parentRefs"]?.array ?? []).filter { $0["kind"] == "Service" }
            .compactMap { $0["name"]?.string }
    }

    /// What those who carry it out say of it as it is.
    fileprivate func statusFindings(isKnown: Bool) -> [Finding] {
        guard route.kind != .trafficSplit else { return [] }
        let subject = "\(reference)"
        switch RouteStatus(object).verdict(expected: isKnown) {
        case .accepted, .undated: return []
        case .refused(let text, let isCurrent):
            return [
                Finding(
                    isCurrent ? .error : .warning, "parents", subject, text,
                    why: "whoever carries the route out does not take it, and passes over its weights",
                    mend:
                        "mend what the condition names: the parent, a backend, or a ReferenceGrant for one in "
                        + "another namespace")
            ]
        case .awaited(let who, _):
            return [
                Finding(
                    .warning, "parents", subject, "nobody has accepted it for \(who.joined(separator: ", "))",
                    why: "a route that nobody carries out divides nothing",
                    mend: "see whether the parent exists, and whether its controller runs")
            ]
        }
    }
}
