import Engine
package import Rollouts
import Transport

extension ConsulRouter {
    package func inspect(
        _ inspection: Inspection, of rollout: RolloutName
    ) async throws(RouteFailure) -> [Finding] {
        let consul = try ConsulTarget(inspection.target)
        let found = try await findings(of: inspection.target).map(\.finding)
        return found + (await placesSeen(inspection, consul)) + (await mtlsSeen(consul))
    }

    private func placesSeen(_ inspection: Inspection, _ target: ConsulTarget) async -> [Finding] {
        do throws(ConsulError) {
            return try await placeFindings(inspection, target)
        } catch {
            return [.unread("the instances of \(target.service)", error.message)]
        }
    }

    /// What the token may not read proves nothing.
    private func mtlsSeen(_ target: ConsulTarget) async -> [Finding] {
        do throws(ConsulError) {
            return try await mtlsFindings(target)
        } catch {
            return [
                Finding(
                    .warning, Finding.mtls, "service \(target.service)",
                    "could not be read: \(error.message)",
                    why: "whether its sidecars take mutual TLS only is not proved",
                    mend: "let the token read it")
            ]
        }
    }

    /// Where the release goes; a place that has requests already is among the findings of its subsets.
    private func placeFindings(
        _ inspection: Inspection, _ target: ConsulTarget
    ) async throws(ConsulError) -> [Finding] {
        guard target.releaseMeta == nil else { return [] }
        let resolver = try await api.read(target.entry(.resolver))
        var findings: [Finding] = []
        for name in inspection.canaries {
            let written = resolver.document?["Subsets"][name]["Filter"]?.string
            let places = inspection.target.backends.names
            let own = places.firstIndex(of: name).flatMap {
                target.filters.indices.contains($0) ? target.filters[$0] : nil
            }
            guard let filter = own ?? written, !filter.isEmpty else { continue }
            let count = try await api.instances(of: target.service, in: target.scope, filter: filter)
            guard count == 0 else { continue }
            findings.append(
                Finding(
                    inspection.isStart ? .error : .warning, "endpoints",
                    "subset \(name) of service \(target.service)", "no healthy instance fits \(filter)",
                    why: "requests that are sent there fail, or fall back to the stable release",
                    mend: "register the release's instances before it is announced, and see to their checks"))
        }
        return findings
    }
}

// MARK: - Mutual TLS

extension ConsulRouter {
    /// Between sidecars there is nothing else, unless somebody lets plain text in beside it.
    private func mtlsFindings(_ target: ConsulTarget) async throws(ConsulError) -> [Finding] {
        let defaults = try await api.read(target.entry(.defaults)).document
        let proxies = try await api.look(
            "/v1/config/proxy-defaults/global", "read proxy-defaults global", in: target.scope)
        let said = [
            ("\(target.entry(.defaults))", defaults?["MutualTLSMode"]?.string),
            ("proxy-defaults global", proxies?["MutualTLSMode"]?.string),
        ]
        // The service's own word counts before everybody's.
        if let (place, mode) = said.first(where: { $0.1?.isEmpty == false }), mode == "permissive" {
            return [
                Finding(
                    .warning, Finding.mtls, place, "says MutualTLSMode permissive",
                    why: "the sidecars take plain text too, from anybody in the network",
                    mend: "set MutualTLSMode to strict once all callers have sidecars")
            ]
        }
        let roots = try await api.look(
            "/v1/connect/ca/roots", "read the mesh's certificate authority", in: ConsulScope())
        guard let domain = roots?["TrustDomain"]?.string, roots?["ActiveRootID"]?.string?.isEmpty == false
        else {
            return [
                Finding(
                    .warning, Finding.mtls, "Consul", "has no active certificate authority for its mesh",
                    why: "without one no sidecar gets a certificate",
                    mend: "set `connect { enabled = true }` in the servers' configuration")
            ]
        }
        return [
            Finding(
                .note, Finding.mtls, "service \(target.service)",
                "its sidecars take mutual TLS only, with certificates of \(domain)",
                why:
                    "what reaches an instance past its sidecar is not in this: bind it to the loopback address",
                mend: "nothing to do")
        ]
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

extension ConsulFinding {
    fileprivate var finding: Finding {
        Finding(isCertain ? .error : .warning, check, place, flaw, why: why, mend: mend)
    }
}
