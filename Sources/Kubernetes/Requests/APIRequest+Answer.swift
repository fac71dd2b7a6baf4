import Transport

extension APIRequest {
    /// What a response says, or what it says against the request.
    func answer(in response: HTTPResponse) throws(KubernetesError) -> JSON {
        let body: JSON
        do throws(JSON.SyntaxError) {
            body = try JSON(parsing: response.body)
        } catch {
            guard response.isSuccess else { throw self.error(Objection(response, .null)) }
            throw KubernetesError(
                .unavailable(retryAfter: nil), "\(words): the answer is \(error); is this an API server?")
        }
        guard response.isSuccess else { throw self.error(Objection(response, body)) }
        return body
    }

    /// What came instead of a response.
    func error(_ failure: TransportError) -> KubernetesError {
        switch failure.kind {
        case .cancelled: KubernetesError(.cancelled, "\(words): cancelled")
        case .invalidRequest: KubernetesError(.invalid, "\(words): \(failure)")
        default: KubernetesError(.unavailable(retryAfter: nil), "\(words): \(failure)")
        }
    }

    /// `patch VirtualService shop/web`
    private var words: String {
        let part = subresource.map { ", \($0)" } ?? ""
        return "\(verb.rawValue) \(subject)\(part)"
    }

    /// The server's own words, and what the caller can do about them.
    func error(_ objection: Objection) -> KubernetesError {
        let kind = kind(of: objection)
        let advice = advice(for: kind, objection).map { "; \($0)" } ?? ""
        return KubernetesError(kind, "\(words): \(objection.message)\(advice)")
    }

    private func kind(of objection: Objection) -> KubernetesError.Kind {
        switch objection.status {
        case 400 where objection.isAboutUnknownField: return .unsupported
        case 400: return .invalid
        case 401: return .unauthenticated
        case 403: return .forbidden
        case 404: return .missing
        case 405, 406, 415: return .unsupported
        case 409: return conflict(objection)
        case 410: return .expired
        case 422: return isLostRace(objection) ? .stale : .invalid
        case 500 where objection.isAboutUnknownField: return .unsupported
        case 429, 500...: return .unavailable(retryAfter: objection.retryAfter)
        default: return .invalid
        }
    }

    private func conflict(_ objection: Objection) -> KubernetesError.Kind {
        if objection.reason == "AlreadyExists" { return .exists }
        if let owner = objection.owner { return .ownedByOther(manager: owner.manager, fields: owner.fields) }
        return .stale
    }

    /// A failing `test` is answered with the words of a bad patch; the fields of an invalid object are named. A patch
    /// that tests nothing has lost no race: it is bad, and will be the next time.
    private func isLostRace(_ objection: Objection) -> Bool {
        contentType == "application/json-patch+json" && objection.causes.isEmpty
            && body?.array?.contains { $0["op"]?.string == "test" } == true
    }

    private func advice(for kind: KubernetesError.Kind, _ objection: Objection) -> String? {
        switch kind {
        case .forbidden where objection.message.contains("cannot "): "allow it: \(rule)"
        case .missing where objection.isAboutKind:
            "the server does not know \(self.kind.kind) in \(self.kind.apiVersion); is its CRD installed?"
        case .unauthenticated: "check the credentials, and whether they have expired"
        case .ownedByOther(let manager, _):
            "let \"\(manager)\" leave these fields out of what it applies, or adopt the object"
        default: nil
        }
    }

    /// The RBAC rule that is missing.
    private var rule: String {
        "{apiGroups: [\"\(kind.group)\"], resources: [\"\(resource)\"], verbs: [\"\(verb.rawValue)\"]}"
    }
}
