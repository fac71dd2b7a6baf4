import Kubernetes
import Rollouts
import Transport

// Policies of the namespace that let the stable release call what the new one, under another account, may not.

extension LinkerdSurvey {
    func identityFindings(_ survey: ServiceSurvey) -> [Finding] {
        guard let stable = survey.inspection.stable.flatMap(survey.podSet)?.pods.first?.account else {
            return []
        }
        let canaries = survey.inspection.canaries.compactMap(survey.podSet).flatMap(\.pods).map(\.account)
        let others = Set(canaries).subtracting([stable]).sorted { $0.text < $1.text }
        guard !others.isEmpty else { return [] }
        if case .unknown(let why) = authentications {
            return [.unread("MeshTLSAuthentications of \(survey.namespace)", why)]
        }
        let allowing = (authentications.value ?? []) + (policies.value ?? [])
        return others.flatMap { canary in
            allowing.filter { $0.allows(stable) && !$0.allows(canary) }.map { finding($0, stable, canary) }
        }
    }

    private func finding(_ object: JSON, _ stable: MeshAccount, _ canary: MeshAccount) -> Finding {
        let metadata = object["metadata"]
        let name = "\(metadata["namespace"]?.string ?? "")/\(metadata["name"]?.string ?? "?")"
        return Finding(
            .warning, "identity", "\(object["kind"]?.string ?? "policy") \(name)",
            "names ServiceAccount \(stable.text), and not the release's \(canary.text)",
            why: "what the stable release may call, this one may not: its requests fail with 403",
            mend: "add \(canary.text) to it, or run both releases under one ServiceAccount")
    }
}

/// Whom a pod speaks as.
private struct MeshAccount: Hashable {
    let namespace: String
    let name: String

    var text: String { "\(namespace)/\(name)" }

    /// `web.shop.serviceaccount.identity.linkerd.cluster.local`, whatever the mesh's own domain is; a star stands for
    /// any labels before the rest.
    func isMeant(by identity: String) -> Bool {
        if identity == "*" { return true }
        let kind = "serviceaccount.identity."
        guard identity.hasPrefix("*.") else { return identity.hasPrefix("\(name).\(namespace).\(kind)") }
        let rest = identity.dropFirst(2)
        return rest.hasPrefix(kind) || rest.hasPrefix("\(namespace).\(kind)")
    }

    /// A reference without a namespace means the one of the object that it stands in.
    func isMeant(by reference: JSON, in home: String) -> Bool {
        switch reference["kind"]?.string {
        case "ServiceAccount":
            reference["name"]?.string == name && (reference["namespace"]?.string ?? home) == namespace
        case "Namespace": reference["name"]?.string == namespace
        default: false
        }
    }
}

extension PodSight {
    fileprivate var account: MeshAccount { MeshAccount(namespace: namespace, name: serviceAccount) }
}

extension JSON {
    /// Whether a MeshTLSAuthentication, or an AuthorizationPolicy by itself, names the account.
    fileprivate func allows(_ account: MeshAccount) -> Bool {
        let home = self["metadata"]["namespace"]?.string ?? ""
        let identities = (self["spec"]["identities"]?.array ?? []).compactMap(\.string)
        let references =
            (self["spec"]["identityRefs"]?.array ?? [])
            + (self["spec"]["requiredAuthenticationRefs"]?.array ?? [])
        return identities.contains(where: account.isMeant(by:))
            || references.contains { account.isMeant(by: $0, in: home) }
    }
}

extension ResourceKind {
    static let linkerdAuthentication = ResourceKind(
        "policy.linkerd.io", "v1alpha1", "MeshTLSAuthentication", plural: "meshtlsauthentications")
}
