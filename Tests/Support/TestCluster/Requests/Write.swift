import Transport

/// A create, replace or patch on its way: where to, in whose name, and what was noticed.
struct Write: Sendable {
    let target: Target
    let manager: String
    let stamp: Stamp
    let isDryRun: Bool
    let validation: FieldValidation
    var warnings: [String] = []

    enum FieldValidation: String, Sendable {
        case strict = "Strict"
        case warn = "Warn"
        case ignore = "Ignore"
    }

    init(_ target: Target, _ request: ClusterRequest, at stamp: Stamp) throws(Refusal) {
        self.target = target
        self.stamp = stamp
        manager = request.manager
        validation = FieldValidation(rawValue: request.query["fieldValidation"] ?? "") ?? .warn
        isDryRun = try isDry(request)
    }

    /// Of the cluster's own controllers.
    init(_ target: Target, by manager: String, at stamp: Stamp) {
        self.target = target
        self.manager = manager
        self.stamp = stamp
        isDryRun = false
        validation = .ignore
    }

    func owner(_ operation: String) -> Owner {
        Owner(
            name: manager, operation: operation, apiVersion: target.apiVersion,
            subresource: target.subresource?.rawValue)
    }

    /// What a write to here leaves as it was, so that nobody comes to own it either.
    var reset: FieldSet {
        switch target.subresource {
        case .status:
            FieldSet(
                members: target.kind.isCustom ? [.field("spec"), .field("metadata")] : [.field("spec")])
        case nil where target.kind.subresources.contains(.status): FieldSet(members: [.field("status")])
        default: FieldSet()
        }
    }

    /// The object without what its kind doesn't know, and with its defaults.
    mutating func decoded(_ object: JSON) throws(Unknown) -> JSON {
        let (known, unknown) = target.schema.pruned(object)
        if !unknown.isEmpty {
            let texts = unknown.map { "unknown field \"\($0)\"" }
            if validation == .strict { throw Unknown(text: texts.joined(separator: ", ")) }
            if validation == .warn { warnings += texts }
        }
        return target.schema.filled(known)
    }

    /// Fields that nobody knows, where they may not be.
    struct Unknown: Error {
        let text: String
    }
}

func isDry(_ request: ClusterRequest) throws(Refusal) -> Bool {
    guard let text = request.query["dryRun"], !text.isEmpty else { return false }
    guard text == "All" else {
        let kind = ["POST": "CreateOptions", "PUT": "UpdateOptions", "PATCH": "PatchOptions"]
        throw .options(
            kind[request.method] ?? "DeleteOptions",
            Fault(
                reason: .notSupported, path: "dryRun",
                message: "Unsupported value: [\"\(text)\"]: supported values: \"All\""))
    }
    return true
}
