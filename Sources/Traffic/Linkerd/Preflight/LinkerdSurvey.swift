import Kubernetes
import Rollouts
import Transport

/// What Linkerd is told about who may speak with the pods.
///
/// Between meshed pods there is nothing but mutual TLS. What counts is whether a pod is meshed, and whether its proxy
/// lets others in beside.
struct LinkerdSurvey: Sendable {
    let servers: Seen<[JSON]>
    let policies: Seen<[JSON]>
    /// Who is meant by name.
    var authentications: Seen<[JSON]> = .missing
    /// The object, for its annotations; none where it could not be read.
    let namespace: JSON?
    /// The Services that the routes speak for.
    var parents: [String] = []

    func findings(_ survey: ServiceSurvey) -> [Finding] {
        let places = survey.inspection.backends.compactMap { name in
            survey.podSet(of: name).map {
                (set: $0, ports: survey.service(name)?["spec"]["ports"]?.array ?? [])
            }
        }
        return places.compactMap { proxyFinding($0.set) } + places.compactMap(policyFinding)
            + identityFindings(survey) + opaqueFindings(survey) + resilienceFindings(survey)
    }

    private func proxyFinding(_ set: PodSet) -> Finding? {
        guard let pod = set.ready.first(where: { !$0.containers.contains("linkerd-proxy") }) else {
            return nil
        }
        return Finding(
            .warning, Finding.mtls, set.subject, "pod \(pod.name) has no linkerd-proxy",
            why: "it speaks plain text, and nothing of it is counted on the release's side",
            mend: "annotate the namespace `linkerd.io/inject: enabled`, and start the pods anew")
    }

    /// A Server speaks of one port. One that nobody speaks of has the default.
    private func policyFinding(_ set: PodSet, _ ports: [JSON]) -> Finding? {
        let known: [JSON]
        switch servers {
        case .seen(let found): known = found
        case .missing: known = []
        case .unknown(let why):
            return plain(set, "Servers could not be read: \(why)")
        }
        let labels = set.pods.first?.labels ?? set.selector
        let ofPod = known.filter { $0["spec"]["podSelector"].selects(labels) }
        let names = set.pods.first?.ports ?? [:]
        let byPort = ports.map { port in
            let target = (port["targetPort"] ?? port["port"]).portNumber(names)
            return ofPod.filter { $0["spec"]["port"].portNumber(names) == target }
        }
        if byPort.isEmpty || byPort.contains(where: \.isEmpty) { return defaultFinding(set) }
        let own = byPort.flatMap(\.self)
        if let open = own.first(where: { !isStrict($0) }) {
            return plain(set, "Server \(name(open)) lets plain text in")
        }
        return strict(set, "Server \(own.map(name).sorted().joined(separator: ", "))")
    }

    /// Without a Server the pod's annotation counts, then the namespace's, then what the mesh was installed with.
    private func defaultFinding(_ set: PodSet) -> Finding {
        let key = "config.linkerd.io/default-inbound-policy"
        let said =
            set.pods.first?.annotations[key] ?? namespace?["metadata"]["annotations"].texts[key]
        guard let said else { return plain(set, "no Server selects it, and no \(key) is set") }
        return Self.strictPolicies.contains(said)
            ? strict(set, "\(key): \(said)") : plain(set, "\(key) is \(said)")
    }

    private static let strictPolicies: Set = ["all-authenticated", "cluster-authenticated", "deny"]

    /// A Server without a policy of its own denies what no AuthorizationPolicy allows.
    private func isStrict(_ server: JSON) -> Bool {
        if let own = server["spec"]["accessPolicy"]?.string, own != "deny" {
            return Self.strictPolicies.contains(own)
        }
        guard case .seen(let policies) = policies else { return policies.isMissing }
        let about = policies.filter {
            let target = $0["spec"]["targetRef"]
            return target["kind"] == "Namespace" || target["name"] == server["metadata"]["name"]
        }
        return about.allSatisfy { policy in
            (policy["spec"]["requiredAuthenticationRefs"]?.array ?? []).contains {
                ["MeshTLSAuthentication", "ServiceAccount"].contains($0["kind"]?.string ?? "")
            }
        }
    }

    private func name(_ object: JSON) -> String { object["metadata"]["name"]?.string ?? "?" }

    private func strict(_ set: PodSet, _ evidence: String) -> Finding {
        Finding(
            .note, Finding.mtls, set.subject, "takes mutual TLS only: \(evidence)",
            why: "nobody without an identity of the mesh gets an answer", mend: "nothing to do")
    }

    private func plain(_ set: PodSet, _ evidence: String) -> Finding {
        Finding(
            .warning, Finding.mtls, set.subject, "takes plain text too: \(evidence)",
            why: "callers outside of the mesh may ask the release without an identity",
            mend: "set `config.linkerd.io/default-inbound-policy: all-authenticated`, or a Server with an "
                + "AuthorizationPolicy")
    }
}

extension LinkerdSurvey {
    /// Of an opaque port nothing is known but bytes.
    private func opaqueFindings(_ survey: ServiceSurvey) -> [Finding] {
        survey.inspection.backends.compactMap { name in
            let service = survey.service(name)
            let opaque = service?["metadata"]["annotations"].texts["config.linkerd.io/opaque-ports"] ?? ""
            let ports = opaque.split(separator: ",").map { $0.filter { $0 != " " } }
            let own = (service?["spec"]["ports"]?.array ?? []).compactMap { $0["port"]?.integer }.map(
                String.init)
            guard let port = own.first(where: ports.contains) else { return nil }
            return Finding(
                .warning, "protocol", "Service \(survey.namespace)/\(name)", "port \(port) is opaque",
                why: "Linkerd does not look into its requests: routes don't hold there, and none are counted",
                mend: "take \(port) out of `config.linkerd.io/opaque-ports`")
        }
    }
}

extension JSON? {
    /// A port by its number, or by the name that a pod gives it.
    fileprivate func portNumber(_ names: [String: Int]) -> Int? {
        self?.integer ?? self?.string.flatMap { names[$0] }
    }
}

extension ResourceKind {
    static let linkerdServer = ResourceKind("policy.linkerd.io", "v1beta3", "Server", plural: "servers")
    static let linkerdPolicy = ResourceKind(
        "policy.linkerd.io", "v1alpha1", "AuthorizationPolicy", plural: "authorizationpolicies")
}
