import Rollouts
import Transport

/// One block of an HTTP route's `match`: all that it asks holds.
struct IstioMatch: Hashable, Sendable {
    let document: JSON

    init(document: JSON) { self.document = document }

    /// A block of a rule. Throws where Istio has no way to say it.
    init(_ match: RequestMatch, of rule: String) throws(RouteFailure) {
        var document: JSON = [:]
        document["uri"] = match.path.map(\.istioPath)
        document["method"] = match.method.map(\.istio)
        document["authority"] = match.host.map(\.istioHost)
        document["queryParams"] = try fields(match.query, "query parameter", rule) { $0.istioQuery }
        var headers = try fields(match.headers, "header", rule) { $0.istioHeader } ?? [:]
        try checkHeaders(headers, rule)
        if let cookies = try cookiePattern(match.cookies, of: rule) {
            guard headers["cookie"] == nil else {
                throw refused("rule \(rule) asks for cookies and for the header that holds them; ask once")
            }
            headers["cookie"] = ["regex": .string(cookies)]
        }
        if headers != [:] { document["headers"] = headers }
        self.document = document
    }

    /// A user who bears a cookie with that value.
    init(cookie: String, value: String) {
        let pattern = cookiePattern(FieldMatch(name: cookie, value: .exact(value)))
        document = ["headers": ["cookie": ["regex": .string(pattern)]]]
    }
}

private func fields(
    _ matches: [FieldMatch], _ kind: String, _ rule: String, _ text: (TextMatch) -> JSON
) throws(RouteFailure) -> JSON? {
    guard !matches.isEmpty else { return nil }
    var fields: [String: JSON] = [:]
    for match in matches {
        let name = kind == "header" ? match.name.lowercased() : match.name
        let wanted = text(match.value)
        guard fields[name] == nil || fields[name] == wanted else {
            throw refused(
                "rule \(rule) asks twice for the \(kind) \(name); Istio takes one condition for each")
        }
        fields[name] = wanted
    }
    return .object(fields)
}

/// Istio passes over these names as if they were not there, so that every request would match.
private func checkHeaders(_ headers: JSON, _ rule: String) throws(RouteFailure) {
    let overlooked = ["authority", "method", "scheme", "uri"].first { headers[$0] != nil }
    guard let overlooked else { return }
    throw refused("rule \(rule) asks for the header \(overlooked), which Istio overlooks")
}

extension TextMatch {
    /// Istio's StringMatch.
    var istio: JSON {
        switch self {
        // An empty one means to Istio that anything will do.
        case .exact(""): ["regex": "^$"]
        case .exact(let text): ["exact": .string(text)]
        case .prefix(""): ["regex": ".*"]
        case .prefix(let text): ["prefix": .string(text)]
        case .regex(let pattern): ["regex": .string(pattern)]
        }
    }

    /// A header that is there, whatever its value, is asked for by an empty condition.
    fileprivate var istioHeader: JSON { self == .prefix("") ? [:] : istio }

    fileprivate var istioPath: JSON { self == .prefix("") ? ["prefix": "/"] : istio }

    /// Not every Istio knows a prefix of a parameter, and those that don't overlook it.
    fileprivate var istioQuery: JSON {
        if case .prefix(let text) = self { ["regex": .string(quoted(text) + ".*")] } else { istio }
    }

    /// A host has no case, and may have a port behind it.
    fileprivate var istioHost: JSON {
        let port = "(?::[0-9]+)?"
        return switch self {
        case .exact(let host): ["regex": .string("(?i)\(quoted(host))\(port)")]
        case .prefix(let host): ["regex": .string("(?i)\(quoted(host)).*")]
        case .regex(let pattern): ["regex": .string("(?i)(?:\(pattern))\(port)")]
        }
    }
}
