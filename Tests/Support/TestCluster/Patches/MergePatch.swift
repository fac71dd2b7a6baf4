import Transport

extension JSON {
    /// RFC 7386: members are laid over members, null takes away, everything else replaces.
    func mergePatched(with patch: JSON) -> JSON {
        guard let changes = patch.object else { return patch }
        var members = object ?? [:]
        for (name, change) in changes {
            members[name] = change == .null ? JSON?.none : (members[name] ?? [:]).mergePatched(with: change)
        }
        return .object(members)
    }
}
