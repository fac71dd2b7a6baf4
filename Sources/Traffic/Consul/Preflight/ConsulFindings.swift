package import Rollouts
import Transport

/// Something in a Consul that is going to be in a rollout's way.
package struct ConsulFinding: Hashable, Sendable, CustomStringConvertible {
    /// `service-defaults web`
    package let place: String
    package let flaw: String
    package let mend: String
    /// What was looked for: `protocol`.
    let check: String
    let why: String
    /// Whether nothing can be moved before it is mended.
    var isCertain = false

    package var description: String { "\(place): \(flaw); \(mend)" }
}

extension ConsulRouter {
    /// Looks at what a rollout builds on, before there is a release to be held up by it. What can't be asked now is no
    /// finding: writes will say it.
    package func findings(of target: TrafficTarget) async throws(RouteFailure) -> [ConsulFinding] {
        let consul = try ConsulTarget(target)
        do throws(ConsulError) {
            var findings: [ConsulFinding] = []
            if let finding = try await instanceFinding(consul) { findings.append(finding) }
            findings += try await subsetFindings(consul, target.backends)
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
    private func instanceFinding(_ target: ConsulTarget) async throws(ConsulError) -> ConsulFinding? {
        let (service, scope) = (target.service, target.scope)
        let meshed = try await api.instances(of: service, in: scope, filter: nil, onlyPassing: false)
        guard meshed == 0 else { return nil }
        let all = try await api.instances(
            of: service, in: scope, filter: nil, onlyPassing: false, withSidecar: false)
        guard all > 0 else {
            return ConsulFinding(
                place: "service \(service)", flaw: "the catalogue has no instance of it",
                mend: "register one, correct `service`, or let the token read it "
                    + "(service \"\(service)\" and node_prefix \"\": policy = \"read\")",
                check: "objects", why: "there is nobody whose traffic could be split")
        }
        return ConsulFinding(
            place: "service \(service)",
            flaw: "its \(all) instances have no sidecar, so that nothing splits its traffic",
            mend: "add `connect { sidecar_service {} }` to their registration",
            check: "proxies", why: "Consul splits what goes through its proxies")
    }

    /// Of subsets that get requests already: a place that waits for its release has nobody yet.
    private func subsetFindings(
        _ target: ConsulTarget, _ backends: Backends
    ) async throws(ConsulError) -> [ConsulFinding] {
        let splitter = try await api.read(target.entry(.splitter))
        let resolver = try await api.read(target.entry(.resolver))
        var findings: [ConsulFinding] = []
        for split in splitter.document?["Splits"]?.array ?? [] where Hundredths.units(of: split["Weight"]) > 0
        {
            guard let name = split["ServiceSubset"]?.string, backends.names.contains(name) else { continue }
            let filter = resolver.document?["Subsets"][name]["Filter"]?.string ?? ""
            let count = try await api.instances(
                of: target.service, in: target.scope, filter: filter.isEmpty ? nil : filter)
            guard count == 0 else { continue }
            findings.append(
                ConsulFinding(
                    place: "\(resolver.name)",
                    flaw: "its subset \(name) (\(filter)) gets requests and has no healthy instance",
                    mend: "correct the filter, or see to the instances' checks",
                    check: "endpoints", why: "requests that are sent there fail"))
        }
        return findings
    }

    private func protocolFinding(_ chain: CompiledChain, _ target: ConsulTarget) -> ConsulFinding? {
        guard !["http", "http2", "grpc"].contains(chain.proto) else { return nil }
        return ConsulFinding(
            place: "\(target.entry(.defaults))",
            flaw: "the protocol is \(chain.proto), and Consul splits http, http2 and grpc only",
            mend: "set `Protocol` there, or `protocol: http` in the rollout",
            check: "protocol", why: "Consul declines every split of another protocol", isCertain: true)
    }

    private func intentionFinding(_ target: ConsulTarget) async throws(ConsulError) -> ConsulFinding? {
        let intentions = try await api.intentions(to: target.service, in: target.scope)
        let isAllowed = intentions.contains { $0["Action"]?.string != "deny" }
        let isDenied = intentions.contains {
            $0["Action"]?.string == "deny" && $0["SourceName"]?.string == "*"
        }
        guard isDenied, !isAllowed else { return nil }
        return ConsulFinding(
            place: "the intentions of \(target.service)", flaw: "nobody may call it",
            mend: "allow its callers: consul intention create CALLER \(target.service)",
            check: "identity", why: "whatever the weights are, every request is refused")
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
