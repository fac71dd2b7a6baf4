import Rollouts
import Transport

/// Everything that was read of one Envoy before a start.
struct EnvoySurvey: Sendable {
    /// `Envoy at http://127.0.0.1:9901`
    let name: String
    let route: String
    let inspection: Inspection
    let outcome: Result<EnvoyParts, AdminFailure>

    init(_ inspection: Inspection, _ target: EnvoyTarget, _ admin: EnvoyAdmin) async {
        (name, route) = (admin.name, target.route)
        self.inspection = inspection
        do throws(AdminFailure) {
            outcome = .success(try await admin.parts(for: target))
        } catch {
            outcome = .failure(error)
        }
    }

    init(
        _ name: String, _ route: String, _ inspection: Inspection, _ outcome: Result<EnvoyParts, AdminFailure>
    ) {
        (self.name, self.route, self.inspection, self.outcome) = (name, route, inspection, outcome)
    }

    var findings: [Finding] {
        switch outcome {
        case .success(let parts):
            listenerFindings(parts) + clusterFindings(parts) + mtlsFindings(parts)
                + resilienceFindings(parts)
        case .failure(let failure):
            [
                Finding(
                    .warning, "reach", name, "can't be asked: \(failure.message)",
                    why: "a route is applied when every Envoy shows it, and nothing goes on before",
                    mend: "start it, or take it out of `envoy.admins` in the server's configuration")
            ]
        }
    }
}

/// What an Envoy has that a rollout needs.
struct EnvoyParts: Hashable, Sendable {
    /// Of those listeners that ask for the route, by name: whether they demand a certificate.
    var listeners: [String: Bool] = [:]
    /// Whether anybody asks for the route at all.
    var isAskedFor = true
    /// By name.
    var clusters: [String: Cluster] = [:]
    /// What it has under the route's name from other hands than ours.
    var foreignRoutes: [JSON] = []

    struct Cluster: Hashable, Sendable {
        /// None where it is not counted.
        var healthy: Int?
        /// As Envoy has them; none where there are none.
        var breakers: JSON?
        var outliers: JSON?
    }
}

extension EnvoySurvey {
    private func listenerFindings(_ parts: EnvoyParts) -> [Finding] {
        if parts.isAskedFor { return [] }
        return [
            Finding(
                .warning, "objects", name, "no listener asks for the route \(route)",
                why: "what is written for it is looked at by nobody, and the first step waits for ever",
                mend:
                    "name \(route) as `route_config_name` in a listener's `rds`, or set `route` in the rollout"
            )
        ]
    }

    var places: [(name: String, isCanary: Bool)] {
        [inspection.stable].compactMap(\.self).map { ($0, false) } + inspection.canaries.map { ($0, true) }
    }

    private func clusterFindings(_ parts: EnvoyParts) -> [Finding] {
        places.compactMap { place in
            guard let cluster = parts.clusters[place.name] else {
                return Finding(
                    place.isCanary && !inspection.isStart ? .warning : .error, "objects", name,
                    "has no cluster \(place.name)", why: "requests that are sent there are answered with 503",
                    mend: "add it to Envoy's configuration, or correct `clusters` in the rollout")
            }
            guard cluster.healthy == 0 else { return nil }
            let isCertain = place.isCanary && inspection.isStart
            return Finding(
                isCertain ? .error : .warning, "endpoints", "\(name), cluster \(place.name)",
                "has no healthy host", why: "requests that are sent there are answered with 503",
                mend: place.isCanary
                    ? "deploy the release there before it is announced"
                    : "see to the stable release's instances")
        }
    }

    private func mtlsFindings(_ parts: EnvoyParts) -> [Finding] {
        guard let open = parts.listeners.filter({ !$0.value }).keys.min() else {
            guard let first = parts.listeners.keys.min() else { return [] }
            return [
                Finding(
                    .note, Finding.mtls, "\(name), listener \(first)", "demands a certificate of its callers",
                    why: "nobody without one gets an answer", mend: "nothing to do")
            ]
        }
        return [
            Finding(
                .warning, Finding.mtls, "\(name), listener \(open)",
                "demands no certificate of its callers (require_client_certificate)",
                why: "anybody in the network may ask the release",
                mend: "set `require_client_certificate: true` in the listener's DownstreamTlsContext")
        ]
    }
}
