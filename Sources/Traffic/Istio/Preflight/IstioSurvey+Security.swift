import Rollouts
import Transport

// Who may speak with whom, and how.

extension IstioSurvey {
    /// By the pods of each place; where none can be told, by what holds for the namespace.
    var mtlsFindings: [Finding] {
        let policies: [JSON]
        switch peers {
        case .seen(let found): policies = found
        case .missing: policies = []
        case .unknown(let why):
            return [unproved("PeerAuthentications of \(namespace)", "could not be read: \(why)")]
        }
        let sets = [stablePods].compactMap(\.self) + canaryPods
        let whole: [(subject: String, labels: [String: String])] = [("namespace \(namespace)", [:])]
        let all = sets.isEmpty ? whole : sets.map { (subject: $0.subject, labels: labels(of: $0)) }
        return all.flatMap { subject, labels in peerFindings(subject, labels, policies) }
            + clientFindings(policies) + proxyFindings(sets) + connectionFindings
    }

    /// Of pods that are not there yet, what their selector says.
    private func labels(of set: PodSet) -> [String: String] { set.pods.first?.labels ?? set.selector }

    private func peerFindings(
        _ subject: String, _ labels: [String: String], _ policies: [JSON]
    ) -> [Finding] {
        let ports = hosts.flatMap { service($0)?["spec"]["ports"]?.array ?? [] }
            .compactMap { $0["targetPort"]?.integer ?? $0["port"]?.integer }
        let modes = (ports.isEmpty ? [nil] : ports.map(Optional.some)).map { port in
            PeerPolicy(of: labels, port: port, in: namespace, root: rootNamespace, policies)
        }
        guard let weakest = modes.first(where: { $0.mode != .strict }) else {
            return [
                Finding(
                    .note, Finding.mtls, subject, "takes mutual TLS only: \(modes.first?.evidence ?? "")",
                    why: "nobody without an identity of the mesh gets an answer", mend: "nothing to do")
            ]
        }
        return [unproved(subject, "takes plain text too: \(weakest.evidence)")]
    }

    private func unproved(_ subject: String, _ what: String) -> Finding {
        Finding(
            .warning, Finding.mtls, subject, what,
            why:
                "whoever is in the network may ask the release without an identity, and nobody can forbid it",
            mend:
                "set `mtls: {mode: STRICT}` in a PeerAuthentication of \(namespace), or of the whole mesh in "
                + rootNamespace)
    }

    /// A DestinationRule that makes callers speak plain text.
    private func clientFindings(_ policies: [JSON]) -> [Finding] {
        hosts.flatMap { host in
            allRules(for: host).compactMap { rule -> Finding? in
                let subsets = rule["spec"]["subsets"]?.array ?? []
                let modes = ([rule["spec"]] + subsets).compactMap {
                    $0["trafficPolicy"]["tls"]["mode"]?.string
                }
                guard let mode = modes.first(where: { $0 != "ISTIO_MUTUAL" }) else { return nil }
                let isRefused =
                    mode == "DISABLE"
                    && PeerPolicy(
                        of: stablePods.map(labels) ?? [:], port: nil, in: namespace, root: rootNamespace,
                        policies
                    ).mode == .strict
                return Finding(
                    isRefused ? .error : .warning, Finding.mtls, rule.ruleTitle,
                    "makes callers use tls mode \(mode)",
                    why: isRefused
                        ? "the pods take mutual TLS only, and refuse every request"
                        : "the mesh's own mutual TLS is switched off by that",
                    mend: "take `tls` out, or set `mode: ISTIO_MUTUAL`")
            }
        }
    }

    /// What the pods' proxies counted bears out what they were told, or not.
    private var connectionFindings: [Finding] {
        switch connections {
        case .seen(let counted): [counted.finding(of: hosts, in: namespace)].compactMap(\.self)
        case .unknown(let why): [.unread("connection_security_policy of \(namespace)", why)]
        case .missing, nil: []
        }
    }

    /// A pod without a proxy takes part in nothing of this.
    private func proxyFindings(_ sets: [PodSet]) -> [Finding] {
        sets.compactMap { set in
            guard let pod = set.ready.first(where: { !$0.isInIstio }) else { return nil }
            return Finding(
                .warning, Finding.mtls, set.subject,
                "pod \(pod.name) has no istio-proxy, and is in no ambient mesh",
                why: "it speaks plain text, and nothing of it is counted on the release's side",
                mend: "label the namespace `istio-injection: enabled`, and start the pods anew")
        }
    }
}

extension PodSight {
    fileprivate var isInIstio: Bool {
        containers.contains("istio-proxy") || labels["istio.io/dataplane-mode"] == "ambient"
            || annotations["ambient.istio.io/redirection"] == "enabled"
    }

    /// As policies write it.
    var principal: String { "cluster.local/ns/\(namespace)/sa/\(serviceAccount)" }
}

// MARK: - Identities

extension IstioSurvey {
    /// Policies that let the stable release do what the new one, under another account, may not.
    var identityFindings: [Finding] {
        guard let stable = stablePods?.pods.first?.principal else { return [] }
        let policies: [JSON]
        switch authorizations {
        case .seen(let found): policies = found
        case .missing: return []
        case .unknown(let why): return [.unread("AuthorizationPolicies of \(namespace)", why)]
        }
        let others = Set(canaryPods.flatMap(\.pods).map(\.principal)).subtracting([stable]).sorted()
        return others.flatMap { canary in
            policies.compactMap { identityFinding($0, stable, canary) }
        }
    }

    private func identityFinding(_ policy: JSON, _ stable: String, _ canary: String) -> Finding? {
        let action = policy["spec"]["action"]?.string ?? "ALLOW"
        let principals = (policy["spec"]["rules"]?.array ?? []).flatMap { $0["from"]?.array ?? [] }
            .flatMap { $0["source"]["principals"]?.array ?? [] }.compactMap(\.string)
        let (ofStable, ofCanary) = (
            principals.contains { $0.isPattern(of: stable) }, principals.contains { $0.isPattern(of: canary) }
        )
        let isAgainst = action == "ALLOW" ? ofStable && !ofCanary : action == "DENY" && ofCanary && !ofStable
        guard isAgainst else { return nil }
        let metadata = policy["metadata"]
        let name = "\(metadata["namespace"]?.string ?? "")/\(metadata["name"]?.string ?? "?")"
        return Finding(
            .warning, "identity", "AuthorizationPolicy \(name)",
            action == "ALLOW"
                ? "allows \(stable), and not the release's \(canary)" : "denies \(canary), and not \(stable)",
            why: "what the stable release may call, this one may not: its requests fail with 403",
            mend: action == "ALLOW"
                ? "add \(canary) to its principals, or run both releases under one ServiceAccount"
                : "take \(canary) out of it, or run both releases under one ServiceAccount")
    }
}

extension String {
    /// `*`, `prefix*`, `*suffix`, or the text itself.
    fileprivate func isPattern(of text: String) -> Bool {
        if self == "*" { return true }
        if hasSuffix("*") { return text.hasPrefix(dropLast()) }
        return hasPrefix("*") ? text.hasSuffix(dropFirst()) : self == text
    }
}
