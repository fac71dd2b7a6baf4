import Foundation
import Rollouts
import Transport

// Whether the sidecars take mutual TLS only, what proves it, and for how long they can.

extension ConsulRouter {
    /// What the token may not read proves nothing.
    func securityFindings(_ sight: ConsulSight) async -> [Finding] {
        do throws(ConsulError) {
            return try await mtlsFindings(sight) + (await proxyFindings(sight.target))
        } catch {
            return [
                Finding(
                    .warning, Finding.mtls, "service \(sight.target.service)",
                    "could not be read: \(error.message)",
                    why: "whether its sidecars take mutual TLS only is not proved",
                    mend: "let the token read it")
            ]
        }
    }

    /// Between sidecars there is nothing else, unless somebody lets plain text in beside it.
    private func mtlsFindings(_ sight: ConsulSight) async throws(ConsulError) -> [Finding] {
        if let finding = try await permissiveFinding(sight) { return [finding] }
        let roots = try await api.look(
            "/v1/connect/ca/roots", "read the mesh's certificate authority", in: ConsulScope())
        guard let authority = roots.flatMap(MeshAuthority.init) else {
            return [
                Finding(
                    .warning, Finding.mtls, "Consul", "has no active certificate authority for its mesh",
                    why: "without one no sidecar gets a certificate",
                    mend: "set `connect { enabled = true }` in the servers' configuration")
            ]
        }
        return [authority.proof(of: sight.target.service)] + authority.expiry(at: .now)
    }

    private func permissiveFinding(_ sight: ConsulSight) async throws(ConsulError) -> Finding? {
        let name = sight.target.entry(.defaults).inConsul
        let defaults: ConsulEntry
        if let seen = sight.defaults, !seen.name.isResource {
            defaults = seen
        } else {
            defaults = try await api.read(name)
        }
        // There is one for each partition, whatever the namespace.
        let proxies = try await api.look(
            "/v1/config/proxy-defaults/global", "read proxy-defaults global",
            in: ConsulScope(partition: sight.target.scope.partition))
        let said = [
            ("\(name)", defaults.document?["MutualTLSMode"]?.string),
            ("proxy-defaults global", proxies?["MutualTLSMode"]?.string),
        ]
        // The service's own word counts before everybody's.
        guard let (place, mode) = said.first(where: { $0.1?.isEmpty == false }), mode == "permissive"
        else { return nil }
        return Finding(
            .warning, Finding.mtls, place, "says MutualTLSMode permissive",
            why: "the sidecars take plain text too, from anybody in the network",
            mend: "set MutualTLSMode to strict once all callers have sidecars")
    }

    /// What the sidecars themselves have counted, where there is a Prometheus that knows.
    private func proxyFindings(_ target: ConsulTarget) async -> [Finding] {
        guard let address = settings.prometheus else { return [] }
        let counter = HandshakeCounter(
            address: address, timeout: settings.timeout, sender: api.sender, service: target.service)
        do throws(CountFailure) {
            return try await counter.read().finding(of: target.service).map { [$0] } ?? []
        } catch {
            return [.unread("the handshakes of \(target.service)", error.message)]
        }
    }
}

extension ConsulAPI {
    /// None where there is none.
    fileprivate func look(
        _ path: String, _ deed: String, in scope: ConsulScope
    ) async throws(ConsulError) -> JSON? {
        let policy = "operator = \"read\""
        let response = try await send(ConsulRequest(.get, path, in: scope), deed, policy)
        return response.status == 404 ? nil : try document(in: response, deed, policy)
    }
}
