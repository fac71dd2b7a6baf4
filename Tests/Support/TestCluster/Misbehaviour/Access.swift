import Transport

/// Who may do what.
package enum Access: Sendable {
    /// Everybody everything.
    case open
    /// By bearer token. Whoever brings none is told to.
    case accounts([String: Account])
}

package struct Account: Sendable {
    /// `system:serviceaccount:headgate:headgate`
    package let user: String
    package let rules: [AccessRule]

    package init(_ user: String, _ rules: [AccessRule]) {
        self.user = user
        self.rules = rules
    }
}

/// A rule of a Role, or of a ClusterRole where it has no namespace.
package struct AccessRule: Sendable {
    package let verbs: Set<String>
    /// `*` is all.
    package let groups: Set<String>
    /// `replicasets`, `replicasets/scale`, `*`
    package let resources: Set<String>
    /// None: those of all names.
    package let names: Set<String>?
    package let namespace: String?

    package init(
        _ verbs: Set<String>, groups: Set<String>, _ resources: Set<String>, names: Set<String>? = nil,
        in namespace: String? = nil
    ) {
        self.verbs = verbs
        self.groups = groups
        self.resources = resources
        self.names = names
        self.namespace = namespace
    }

    fileprivate func allows(_ wish: Wish) -> Bool {
        (verbs.contains(wish.verb) || verbs.contains("*"))
            && (groups.contains(wish.group) || groups.contains("*"))
            && (resources.contains(wish.resource) || resources.contains("*"))
            && (names.map { $0.contains(wish.name) } ?? true)
            && (namespace == nil || namespace == wish.namespace)
    }
}

private struct Wish {
    let verb: String
    let group: String
    let resource: String
    let name: String
    let namespace: String?
}

extension Access {
    func user(of request: ClusterRequest) throws(Refusal) -> Account? {
        switch self {
        case .open: return nil
        case .accounts(let accounts):
            guard let token = request.token, let account = accounts[token] else { throw .unauthorized }
            return account
        }
    }

    func check(
        _ account: Account?, _ verb: Verb, _ target: Target, namedIn request: ClusterRequest
    ) throws(Refusal) {
        guard let account else { return }
        let resource = target.kind.plural + (target.subresource.map { "/\($0.rawValue)" } ?? "")
        let wish = Wish(
            verb: verb.rawValue, group: target.kind.group, resource: resource, name: target.name ?? "",
            namespace: target.namespace)
        guard !account.rules.contains(where: { $0.allows(wish) }) else { return }
        throw .forbidden(account.user, wish, target)
    }
}

extension Refusal {
    fileprivate static func forbidden(_ user: String, _ wish: Wish, _ target: Target) -> Refusal {
        let named = wish.name.isEmpty ? "" : " \"\(wish.name)\""
        let place = wish.namespace.map { "in the namespace \"\($0)\"" } ?? "at the cluster scope"
        var details: JSON = ["kind": JSON(target.kind.plural)]
        if !wish.name.isEmpty { details["name"] = JSON(wish.name) }
        if !wish.group.isEmpty { details["group"] = JSON(wish.group) }
        return Refusal(
            code: 403, reason: "Forbidden",
            message:
                "\(target.kind.qualifiedPlural)\(named) is forbidden: User \"\(user)\" cannot \(wish.verb) "
                + "resource \"\(wish.resource)\" in API group \"\(wish.group)\" \(place)",
            details: details)
    }
}
