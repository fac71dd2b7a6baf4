import Kubernetes
package import Rollouts
import Transport

extension ConsulRouter {
    /// Looks at what a rollout builds on, before there is a release to be held up by it. What can't be asked now is no
    /// finding: writes will say it.
    package func findings(of target: TrafficTarget) async throws(RouteFailure) -> [Finding] {
        guard settings.address != nil else { return [] }
        let sight = try await sight(of: RolloutName(""), target, .ordinary, isLook: true)
        return try await findings(sight)
    }

    func findings(_ sight: ConsulSight) async throws(RouteFailure) -> [Finding] {
        let consul = sight.target
        do throws(ConsulError) {
            var findings: [Finding] = []
            if let finding = try await instanceFinding(consul) { findings.append(finding) }
            findings += try await subsetFindings(sight)
            let chain = try await api.chain(of: consul.service, in: consul.scope)
            if consul.proto == nil, let finding = protocolFinding(chain, consul) { findings.append(finding) }
            if let finding = try await intentionFinding(consul) { findings.append(finding) }
            return findings
        } catch {
            throw RouteFailure(error)
        }
    }
}

extension ConsulRouter {
    private func instanceFinding(_ target: ConsulTarget) async throws(ConsulError) -> Finding? {
        let (service, scope) = (target.service, target.scope)
        let meshed = try await api.instances(of: service, in: scope, filter: nil, onlyPassing: false)
        guard meshed == 0 else { return nil }
        let all = try await api.instances(
            of: service, in: scope, filter: nil, onlyPassing: false, withSidecar: false)
        guard all > 0 else {
            return Finding(
                .warning, "objects", "service \(service)", "the catalogue has no instance of it",
                why: "there is nobody whose traffic could be split",
                mend: "register one, correct `service`, or let the token read it "
                    + "(service \"\(service)\" and node_prefix \"\": policy = \"read\")")
        }
        return Finding(
            .warning, "proxies", "service \(service)",
            "its \(all) instances have no sidecar, so that nothing splits its traffic",
            why: "Consul splits what goes through its proxies",
            mend: "add `connect { sidecar_service {} }` to their registration")
    }

    /// Of subsets that get requests already: a place that waits for its release has nobody yet.
    private func subsetFindings(
        _ sight: ConsulSight
    ) async throws(ConsulError) -> [Finding] {
        let (target, resolver) = (sight.target, sight.resolver)
        var findings: [Finding] = []
        for split in sight.splitter.document?["Splits"]?.array ?? []
        where Hundredths.units(of: split["Weight"]) > 0 {
            guard let name = split["ServiceSubset"]?.string, sight.backends.names.contains(name) else {
                continue
            }
            let filter = resolver.document?["Subsets"][name]["Filter"]?.string ?? ""
            let count = try await api.instances(
                of: target.service, in: target.scope, filter: filter.isEmpty ? nil : filter)
            guard count == 0 else { continue }
            findings.append(
                Finding(
                    .warning, "endpoints", "\(resolver.name)",
                    "its subset \(name) (\(filter)) gets requests and has no healthy instance",
                    why: "requests that are sent there fail",
                    mend: "correct the filter, or see to the instances' checks"))
        }
        return findings
    }

    private func protocolFinding(_ chain: CompiledChain, _ target: ConsulTarget) -> Finding? {
        guard !["http", "http2", "grpc"].contains(chain.proto) else { return nil }
        return Finding(
            .error, "protocol", "\(target.entry(.defaults))",
            "the protocol is \(chain.proto), and Consul splits http, http2 and grpc only",
            why: "Consul declines every split of another protocol",
            mend: "set `Protocol` there, or `protocol: http` in the rollout")
    }

    private func intentionFinding(_ target: ConsulTarget) async throws(ConsulError) -> Finding? {
        let intentions = try await api.intentions(to: target.service, in: target.scope)
        let isAllowed = intentions.contains { $0["Action"]?.string != "deny" }
        let isDenied = intentions.contains {
            $0["Action"]?.string == "deny" && $0["SourceName"]?.string == "*"
        }
        guard isDenied, !isAllowed else { return nil }
        return Finding(
            .warning, "identity", "the intentions of \(target.service)", "nobody may call it",
            why: "whatever the weights are, every request is refused",
            mend: "allow its callers: consul intention create CALLER \(target.service)")
    }
}

extension ConsulAPI {
    /// Those that speak of this destination, by precedence.
    fileprivate func intentions(to service: String, in scope: ConsulScope) async throws(ConsulError) -> [JSON]
    {
        let request = ConsulRequest(
            .get, "/v1/connect/intentions/match", in: scope, ["by": "destination", "name": service])
        let (deed, policy) = (
            "ask who may call \(service)", "service \"\(service)\" { intentions = \"read\" }"
        )
        let answer = try document(in: try await send(request, deed, policy), deed, policy)
        return answer.object?.values.first?.array ?? []
    }
}
