import Transport

/// A request declined, in the words of a real API server.
struct Refusal: Error, Sendable {
    let code: Int
    let reason: String?
    let message: String
    var details: JSON?

    var status: JSON {
        var status: JSON = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
            "message": JSON(message), "code": JSON(code),
        ]
        status["reason"] = reason.map(JSON.string)
        status["details"] = details
        return status
    }

    var answer: ClusterAnswer { ClusterAnswer(status, status: code) }
}

extension Refusal {
    static func badRequest(_ message: String) -> Refusal {
        Refusal(code: 400, reason: "BadRequest", message: message)
    }

    static let unauthorized = Refusal(code: 401, reason: "Unauthorized", message: "Unauthorized")

    /// Of a path below a group and version that are there.
    static let noSuchResource = Refusal(
        code: 404, reason: "NotFound", message: "the server could not find the requested resource",
        details: [:])

    static let methodNotAllowed = Refusal(
        code: 405, reason: "MethodNotAllowed",
        message: "the server does not allow this method on the requested resource", details: [:])

    static func notFound(_ kind: ServedKind, _ name: String) -> Refusal {
        Refusal(
            code: 404, reason: "NotFound", message: "\(kind.qualifiedPlural) \"\(name)\" not found",
            details: details(kind, name))
    }

    static func exists(_ kind: ServedKind, _ name: String) -> Refusal {
        Refusal(
            code: 409, reason: "AlreadyExists", message: "\(kind.qualifiedPlural) \"\(name)\" already exists",
            details: details(kind, name))
    }

    static func conflict(_ kind: ServedKind, _ name: String, _ why: String = .modified) -> Refusal {
        Refusal(
            code: 409, reason: "Conflict",
            message: "Operation cannot be fulfilled on \(kind.qualifiedPlural) \"\(name)\": \(why)",
            details: details(kind, name))
    }

    static func invalid(_ kind: ServedKind, _ name: String, _ faults: [Fault]) -> Refusal {
        // Events of both groups are checked as those of the core group, and named so.
        invalid(kind.kind, group: kind.plural == "events" ? "" : kind.group, name, faults)
    }

    static func invalid(_ kind: String, group: String, _ name: String, _ faults: [Fault]) -> Refusal {
        let texts = faults.map(\.text)
        let said = texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ", ") + "]"
        let qualified = group.isEmpty ? kind : "\(kind).\(group)"
        var details = details(group: group, name, kind)
        details["causes"] = .array(faults.map(\.cause))
        return Refusal(
            code: 422, reason: "Invalid", message: "\(qualified) \"\(name)\" is invalid: \(said)",
            details: details)
    }

    /// Options of a request: `PatchOptions.meta.k8s.io "" is invalid: …`
    static func options(_ kind: String, _ fault: Fault) -> Refusal {
        invalid(kind, group: "meta.k8s.io", "", [fault])
    }

    static let badPatch = Refusal(
        code: 422, reason: "Invalid",
        message: "the server rejected our request due to an error in our request", details: [:])

    static func mediaType(_ known: [String]) -> Refusal {
        Refusal(
            code: 415, reason: "UnsupportedMediaType",
            message: "the body of the request was in an unknown format - accepted media types include: "
                + known.joined(separator: ", "))
    }

    /// What the server can't make sense of, and takes for a fault of its own.
    static func inner(_ message: String) -> Refusal {
        Refusal(code: 500, reason: nil, message: message)
    }

    static func tooOld(_ revision: Int, oldest: Int) -> Refusal {
        Refusal(
            code: 410, reason: "Expired", message: "too old resource version: \(revision) (\(oldest))")
    }

    private static func details(_ kind: ServedKind, _ name: String) -> JSON {
        details(group: kind.group, name, kind.plural)
    }

    private static func details(group: String, _ name: String, _ kind: String) -> JSON {
        var details: JSON = ["kind": JSON(kind)]
        if !name.isEmpty { details["name"] = JSON(name) }
        if !group.isEmpty { details["group"] = JSON(group) }
        return details
    }
}

extension String {
    static let modified =
        "the object has been modified; please apply your changes to the latest version and try again"
}
