import Engine
import Kubernetes
package import Rollouts
import Transport

extension IstioRouter {
    package func inspect(
        _ inspection: Inspection, of rollout: RolloutName
    ) async throws(RouteFailure) -> [Finding] {
        let target = try IstioTarget(inspection.target)
        do throws(RouteFailure) {
            let sight = try await sight(of: rollout, inspection.target, target, .ordinary)
            return await survey(inspection, target, sight).findings
        } catch {
            // What can't be read now is for the engine to say; what is not as it should be is a finding.
            guard error.kind == .rejected else { throw error }
            return [.unfit("trafficRouting.istio", error.message)]
        }
    }

    private func survey(
        _ inspection: Inspection, _ target: IstioTarget, _ sight: IstioSight
    ) async -> IstioSurvey {
        let namespace = sight.services.first?.reference.namespace ?? settings.namespace
        let both = Set([namespace, settings.rootNamespace]).sorted()
        var survey = IstioSurvey(
            inspection: inspection, target: target, namespace: namespace,
            rootNamespace: settings.rootNamespace)
        survey.objects = sight.services
        async let rules = rulesSeen(among: both)
        async let services = api.look(for: ObjectQuery(.service, in: namespace))
        async let pods = api.look(for: ObjectQuery(.pod, in: namespace))
        async let peers = api.look(for: .peerAuthentication, in: both)
        async let policies = api.look(for: .authorizationPolicy, in: both)
        survey.rivals = await rivalNames(of: sight)
        (survey.rules, survey.unseenRules) = await rules
        survey.connections = await connections(survey)
        survey.services = await services
        survey.pods = await pods
        survey.peers = await peers
        survey.authorizations = await policies
        return survey
    }

    /// Those of all namespaces, for callers anywhere may have their own; where that may not be read, those of the ones that
    /// are named, and why there are no more.
    private func rulesSeen(among namespaces: [String]) async -> (Seen<[JSON]>, unseen: String?) {
        let all = await api.look(for: ObjectQuery(.destinationRule, in: nil))
        guard case .unknown(let why) = all else { return (all, nil) }
        var (found, isRead) = ([JSON](), false)
        for namespace in namespaces {
            guard let some = await api.look(for: ObjectQuery(.destinationRule, in: namespace)).value else {
                continue
            }
            (found, isRead) = (found + some, true)
        }
        return isRead ? (.seen(found), why) : (all, nil)
    }

    /// None where no Prometheus is configured.
    private func connections(_ survey: IstioSurvey) async -> Seen<CountedConnections>? {
        guard let address = settings.prometheus, !survey.hosts.isEmpty else { return nil }
        let counter = ConnectionCounter(
            look: PrometheusLook(address, settings.timeout, sender), hosts: survey.hosts,
            namespace: survey.namespace)
        do throws(CountFailure) {
            return .seen(try await counter.read())
        } catch {
            return .unknown(error.message)
        }
    }

    /// `shop/other`; none where nobody may list them.
    private func rivalNames(of sight: IstioSight) async -> [String] {
        var names: Set<String> = []
        for service in sight.services {
            let namespace = service.reference.namespace ?? settings.namespace
            // What claims can't be listed is no finding: the route's own evidence says it.
            let found = try? await claims.claimants(of: service.object.meshHosts, in: namespace)
            names.formUnion((found ?? []).map { "\(namespace)/\($0)" })
        }
        let own = sight.services.map {
            "\($0.reference.namespace ?? settings.namespace)/\($0.reference.name)"
        }
        return names.subtracting(own).sorted()
    }
}

extension ResourceKind {
    static let peerAuthentication = ResourceKind(
        "security.istio.io", "v1", "PeerAuthentication", plural: "peerauthentications")
    static let authorizationPolicy = ResourceKind(
        "security.istio.io", "v1", "AuthorizationPolicy", plural: "authorizationpolicies")
}
