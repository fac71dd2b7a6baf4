import Rollouts
import Transport

extension Finding {
    /// What the router would decline to write to.
    static func unfit(_ subject: String, _ what: String) -> Finding {
        Finding(
            .error, "objects", subject, what, why: "it holds the weights: without it nothing can be moved",
            mend: "create or correct it, or correct `trafficRouting`")
    }

    /// Whoever applies the weights too will take them back.
    static func owner(of path: [String], in object: JSON, _ subject: String) -> Finding? {
        let ours = [FieldManager.apply, FieldManager.patch]
        guard let owner = object.owner(of: path), !ours.contains(owner.manager) else { return nil }
        let isApplied = object.isApplied(by: owner.manager, path)
        return Finding(
            isApplied ? .warning : .note, "owner", subject,
            "\(path.joined(separator: ".")) was last written by \(owner)",
            why: isApplied
                ? "what is applied again and again takes the weights back"
                : "it is good to know who else writes",
            mend: "leave the weights out of what \(owner.manager) applies, or see `drift`")
    }
}

extension JSON {
    /// Whether a manager declares the field, and did not only edit it once.
    fileprivate func isApplied(by manager: String, _ path: [String]) -> Bool {
        (self["metadata"]["managedFields"]?.array ?? []).contains { entry in
            entry["manager"]?.string == manager && entry["operation"] == "Apply"
                && path.reduce(entry["fieldsV1"]) { $0["f:\($1)"] } != nil
        }
    }
}
