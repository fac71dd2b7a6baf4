import Rollouts
import Transport

// What softens a failure: of the service's own entries, and of those of its callers that name it.

extension ConsulRouter {
    func resilienceFindings(_ sight: ConsulSight) async -> [Finding] {
        let own = [sight.router, sight.resolver].flatMap(\.resilienceFindings)
        do throws(ConsulError) {
            let shelf = EntryShelf(kind: .defaults, scope: sight.target.scope)
            let all = try await api.list(shelf, after: 0).entries
            return own + all.flatMap { $0.defaultsFindings(of: sight.target.service) }
        } catch {
            return own + [.unread("the service-defaults of callers", error.message)]
        }
    }
}

extension ConsulEntry {
    fileprivate var resilienceFindings: [Finding] {
        guard let document else { return [] }
        let destinations = (document["Routes"]?.array ?? []).map { $0["Destination"] }
        let (subject, parts) = ("\(name)", destinations + [document])
        return Finding.present(
            .timeouts, subject, parts.map { $0?.only(["RequestTimeout", "IdleTimeout", "ConnectTimeout"]) })
            + Finding.present(
                .retries, subject,
                parts.map {
                    $0?.only(["NumRetries", "RetryOn", "RetryOnConnectFailure", "RetryOnStatusCodes"])
                })
    }
}

extension JSON {
    /// Of a service-defaults, which may be a caller's: what it says of this service.
    func defaultsFindings(of service: String) -> [Finding] {
        let owner = self["Name"]?.string ?? "?"
        let subject = "service-defaults \(owner)"
        let overrides = (self["UpstreamConfig"]["Overrides"]?.array ?? [])
            .filter { $0["Name"]?.string == service }
        let isOwn = owner == service
        let timeouts =
            overrides.map { $0.only(["ConnectTimeoutMs"]) }
            + (isOwn ? [only(["LocalConnectTimeoutMs", "LocalRequestTimeoutMs"])] : [])
        let breakers = overrides.map { $0["Limits"] } + (isOwn ? [only(["MaxInboundConnections"])] : [])
        return Finding.present(.timeouts, subject, timeouts)
            + Finding.present(.outliers, subject, overrides.map { $0["PassiveHealthCheck"] })
            + Finding.present(.breakers, subject, breakers)
    }
}

extension JSON {
    /// Those of these members that are set to anything; none where none is. Consul writes out what is not set, too.
    fileprivate func only(_ keys: Set<String>) -> JSON? {
        let unset: [JSON] = [.null, 0, false, "", "0s", [], [:]]
        let members = (object ?? [:]).filter { keys.contains($0.key) && !unset.contains($0.value) }
        return members.isEmpty ? JSON?.none : .object(members)
    }
}
