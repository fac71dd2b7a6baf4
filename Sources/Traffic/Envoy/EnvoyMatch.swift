import Rollouts

/// Which requests an Envoy route is for: all that it asks holds.
struct EnvoyMatch {
    private let path: [String: Any]
    private var headers: [[String: Any]]
    private let query: [[String: Any]]
    private let cookies: [[String: Any]]

    /// A block of a rule, among the paths of the target.
    init(_ match: RequestMatch, below prefix: String) {
        path = pathMatch(match.path, below: prefix)
        let headers = match.headers.map { header($0.name, $0.value.envoy) }
        let method = match.method.map { header(":method", $0.envoy) }
        let host = match.host.map { header(":authority", $0.envoyHost) }
        let below = match.path.flatMap { $0.header(below: prefix) }
        self.headers = headers + match.cookies.map(cookieHeader) + [method, host, below].compactMap(\.self)
        query = match.query.map { header($0.name, $0.value.envoy) }
        cookies = match.cookies.compactMap(nativeCookie)
    }

    func and(_ headers: [[String: Any]]) -> EnvoyMatch {
        var both = self
        both.headers += headers
        return both
    }

    var document: [String: Any] {
        var document = path
        if !headers.isEmpty { document["headers"] = headers }
        if !query.isEmpty { document["query_parameters"] = query }
        if !cookies.isEmpty { document["cookies"] = cookies }
        return document
    }
}

private func header(_ name: String, _ match: [String: Any]) -> [String: Any] {
    ["name": name, "string_match": match]
}

private func pathMatch(_ match: TextMatch?, below prefix: String) -> [String: Any] {
    switch match {
    case nil: ["prefix": prefix]
    case .exact(let path): ["path": path]
    case .prefix(let path): ["prefix": path.utf8.count > prefix.utf8.count ? path : prefix]
    case .regex(let pattern): ["safe_regex": ["regex": pattern]]
    }
}

/// Cookies are looked for in the header that holds them all. Envoys have a matcher of their own only since lately,
/// and older ones would overlook it, and so take every request for a match.
private func cookieHeader(_ cookie: FieldMatch) -> [String: Any] {
    let value =
        switch cookie.value {
        case .exact(let text): "\(quoted(text))\"?[ \\t]*(?:;.*)?"
        case .prefix(let text): "\(quoted(text)).*"
        case .regex(let pattern): "(?:\(pattern))\"?[ \\t]*(?:;.*)?"
        }
    let pattern = "(?:.*;[ \\t]*)?\(quoted(cookie.name))=\"?\(value)"
    return header("cookie", TextMatch.regex(pattern).envoy)
}

/// A pattern may run on into the next cookie, so Envoy's own matcher has a look too.
private func nativeCookie(_ cookie: FieldMatch) -> [String: Any]? {
    guard case .regex = cookie.value else { return nil }
    return header(cookie.name, cookie.value.envoy)
}
