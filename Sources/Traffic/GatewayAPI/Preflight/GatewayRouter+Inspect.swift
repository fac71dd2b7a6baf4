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
        for object in objects { findings += await self.findings(of: object) }
        let survey = await survey(inspection, objects)
        return findings + survey.findings
    }

    /// Of one route by itself.
    private func findings(of object: GatewayObject) async -> [Finding] {
        let carriers = await implementations.of(object)
        var findings = object.statusFindings(isKnown: carriers.contains { $0.profile != nil })
        findings += object.ownerFindings
        do throws(RouteFailure) {
            try await preflight.check(object, carriers)
        } catch {
            findings.append(.unfit("\(object.reference)", error.message))
        }
        return findings
    }

    private func survey(_ inspection: Inspection, _ objects: [GatewayObject]) async -> ServiceSurvey {
        let namespace = objects.first?.reference.namespace ?? settings.namespace
        var carriers: [Implementation] = []
        for object in objects { carriers += await implementations.of(object) }
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
        let space = await api.look(at: ObjectReference(.namespace, namespace, in: nil))
        survey.linkerd = LinkerdSurvey(
            servers: await servers, policies: await policies, namespace: space.value)
        return survey
    }
}

extension GatewayObject {
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

    fileprivate var ownerFindings: [Finding] {
        let ours = [FieldManager.apply, FieldManager.patch]
        guard let owner = object.owner(of: splitPath), !ours.contains(owner.manager) else { return [] }
        let isApplied = object.isApplied(by: owner.manager, splitPath)
        return [
            Finding(
                isApplied ? .warning : .note, "owner", "\(reference)",
                "\(splitPath.joined(separator: ".")) was last written by \(owner)",
                why: isApplied
                    ? "what is applied again and again takes the weights back"
                    : "it is good to know who else writes",
                mend: "leave the weights out of what \(owner.manager) applies, or see `drift`")
        ]
    }
}

extension Finding {
    /// What the router would decline to write to.
    static func unfit(_ subject: String, _ what: String) -> Finding {
        Finding(
            .error, "objects", subject, what, why: "it holds the weights: without it nothing can be moved",
            mend: "create or correct it, or correct `trafficRouting`")
    }
}
