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
    mutating func decoded(_ object: JSON) throws(Undecodable) -> JSON {
        if !target.kind.isCustom, let mistake = target.schema.unreadable(in: object, at: "") {
            throw Undecodable(text: mistake)
        }
        let (known, unknown) = target.schema.pruned(object)
        if !unknown.isEmpty {
            let texts = unknown.map { "unknown field \"\($0)\"" }
            if validation == .strict {
                throw Undecodable(text: "strict decoding error: " + texts.joined(separator: ", "))
            }
            if validation == .warn { warnings += texts }
        }
        return target.filled(known)
    }

    /// Fields that nobody knows where they may not be, and values that are of another type.
    struct Undecodable: Error {
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

extension Target {
    /// The object with all that a server fills in.
    func filled(_ object: JSON) -> JSON {
        var object = schema.filled(object).withoutEmptyMetadata
        kind.complete(&object)
        return object
    }
}

extension JSON {
    /// Empty maps and lists of metadata are not kept.
    fileprivate var withoutEmptyMetadata: JSON {
        var result = self
        for name in ["labels", "annotations"] where result["metadata"]?[name] == [:] {
            result["metadata"]?[name] = nil
        }
        for name in ["finalizers", "ownerReferences"] where result["metadata"]?[name] == [] {
            result["metadata"]?[name] = nil
        }
        return result
    }
}
