import Transport

/// What an API server adds to rules that leave it out.
///
/// Rules that are declared to us, and that we apply, come back with it; without knowing it every one of them would seem
/// to have been edited.
enum GatewayDefaults {
    static func filled(_ rule: JSON, _ kind: RouteKind) -> JSON {
        guard kind != .trafficSplit else { return rule }
        var rule = rule
        if kind == .httpRoute, rule["matches"] == nil { rule["matches"] = [["path": GatewayMatch.everyPath]] }
        rule.edit("matches") { match(&$0, kind) }
        rule.edit("filters", filter)
        rule.edit("backendRefs") { item in
            backend(&item)
            item.fill("weight", 1)
            item.edit("filters", filter)
        }
        return rule
    }

    private static func match(_ match: inout JSON, _ kind: RouteKind) {
        if kind == .httpRoute {
            match.fill("path", GatewayMatch.everyPath)
            match["path"]?.fill("type", "PathPrefix")
            match["path"]?.fill("value", "/")
        } else {
            match["method"]?.fill("type", "Exact")
        }
        for key in ["headers", "queryParams"] { match.edit(key) { $0.fill("type", "Exact") } }
    }

    private static func filter(_ filter: inout JSON) {
        if var mirrored = filter["requestMirror"]?["backendRef"] {
            backend(&mirrored)
            filter["requestMirror"]?["backendRef"] = mirrored
        }
        filter["requestMirror"]?["fraction"]?.fill("denominator", 100)
        filter["requestRedirect"]?.fill("statusCode", 302)
        filter["cors"]?.fill("maxAge", 5)
    }

    private static func backend(_ item: inout JSON) {
        item.fill("group", "")
        item.fill("kind", "Service")
    }
}

extension JSON {
    fileprivate mutating func fill(_ key: String, _ value: JSON) {
        if self[key] == nil { self[key] = value }
    }

    /// Each item of a list, where there is one.
    mutating func edit(_ key: String, _ change: (inout JSON) -> Void) {
        guard let items = self[key]?.array else { return }
        self[key] = .array(
            items.map { item in
                var item = item
                change(&item)
                return item
            })
    }
}
