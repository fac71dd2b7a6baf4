import Transport

extension APIRequest {
    /// What a response says, or what it says against the request.
    func answer(in response: HTTPResponse) throws(KubernetesError) -> JSON {
        guard response.isSuccess else { throw error(Objection(response)) }
        do throws(JSON.SyntaxError) {
            return try JSON(parsing: response.body)
        } catch {
            throw KubernetesError(
                .unavailable(retryAfter: nil), "\(words): the answer is \(error); is this an API server?")
        }
    }

    /// A list's items and where it stands. What looks like no list must not pass for an empty one: everything
    /// would seem to be gone.
    func page(in answer: JSON) throws(KubernetesError) -> (items: [JSON], version: String, next: String?) {
        let items = answer["items"]
        guard let version = answer["metadata"]["resourceVersion"]?.string, !version.isEmpty,
            let list = items?.array ?? (items == .null ? [] : nil)
        else {
            throw KubernetesError(.unavailable(retryAfter: nil), "\(words): the answer is no list")
        }
        let next = answer["metadata"]["continue"]?.string
        return (list.map { $0.named(kind) }, version, next == "" ? nil : next)
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
    var words: String {
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
        guard objection.isAnswerOfServer else { return .unavailable(retryAfter: objection.retryAfter) }
        if objection.isDenial { return .invalid }
        switch objection.status {
        case 401: return .unauthenticated
        case 403: return .forbidden
        case 404: return .missing
        case 405, 406, 415: return .unsupported
        case 409: return conflict(objection)
        case 410: return .expired
        case 422 where isLostRace(objection): return .stale
        case 400 where objection.isAboutUnknownField, 500 where objection.isAboutUnknownField:
            return .unsupported
        case 408, 429, 500...: return .unavailable(retryAfter: objection.retryAfter)
        default: return .invalid
        }
    }

    private func conflict(_ objection: Objection) -> KubernetesError.Kind {
        if objection.reason == "AlreadyExists" { return .exists }
        if let (managers, fields) = objection.owners {
            return .ownedByOther(managers: managers, fields: fields)
        }
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
        case .forbidden where objection.isAboutRights: "allow it: \(rule)"
        case _ where !objection.isAnswerOfServer: "is this an API server?"
        case .missing where objection.isAboutKind && asksForObjects:
            "the server does not know \(self.kind.kind) in \(self.kind.apiVersion); is its CRD installed?"
        case .unauthenticated: "check the credentials, and whether they have expired"
        case .ownedByOther(let managers, _): handover(from: managers)
        default: nil
        }
    }

    private func handover(from managers: [String]) -> String {
        let names = managers.map { "\"\($0)\"" }.joined(separator: " and ")
        let applied = managers.count == 1 ? "it applies" : "they apply"
        return "let \(names) leave these fields out of what \(applied), or adopt the object"
    }

    /// The RBAC rule that is missing.
    private var rule: String {
        "{apiGroups: [\"\(kind.group)\"], resources: [\"\(resource)\"], verbs: [\"\(verb.rawValue)\"]}"
    }
}

extension JSON {
    /// The items of a list don't say what they are; whoever reads them alone wants to know.
    fileprivate func named(_ kind: ResourceKind) -> JSON {
        guard self["kind"] == nil else { return self }
        var object = self
        object["apiVersion"] = .string(kind.apiVersion)
        object["kind"] = .string(kind.kind)
        return object
    }
}
