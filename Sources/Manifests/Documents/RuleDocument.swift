import Rollouts

extension Shape where Output == Step {
    /// `setHeaderRoute`: who matches gets the release. Without `match` the rule is taken away.
    static func headerRoute(_ dialect: Dialect) -> Shape {
        .object { fields in
            rule(&fields, dialect, .header) { .setRule(PlannedRule(name: $0, matches: $1, deed: .send)) }
        }
    }

    /// `setMirrorRoute`: the release gets a copy of what matches.
    static func mirrorRoute(_ dialect: Dialect) -> Shape {
        .object { fields in
            let share = fields.optional("percentage", in: dialect, .weight(dialect)) ?? .all
            return rule(&fields, dialect, .mirror) {
                .setRule(PlannedRule(name: $0, matches: $1, deed: .mirror(share)))
            }
        }
    }

    private static func rule(
        _ fields: inout Fields, _ dialect: Dialect, _ form: MatchForm,
        _ make: (_ name: String, _ matches: [RequestMatch]) -> Step
    ) -> Step? {
        let name = fields.required("name", .plainName)
        let written = fields.field("match", in: dialect)
        let isRemoval = written == nil || dialect == .argo && written?.node.sequence?.isEmpty == true
        let matches = isRemoval ? nil : written?.read(.matches(dialect, form))
        guard let name else { return nil }
        return isRemoval ? .removeRule(name) : matches.map { make(name, $0) }
    }
}

/// What the blocks of a `match` may say: everything with us, less in Argo's documents.
enum MatchForm {
    case header, mirror

    func keys(_ dialect: Dialect) -> [String] {
        switch (dialect, self) {
        case (.argo, .header): ["headerName", "headerValue"]
        case (.argo, .mirror): ["headers", "method", "path"]
        case (.headgate, _):
            ["cookies", "headerName", "headerValue", "headers", "host", "method", "path", "query"]
        }
    }
}

extension Shape where Output == [RequestMatch] {
    private static var blocksMax: Int { 32 }

    /// Blocks of which one is enough.
    static func matches(_ dialect: Dialect, _ form: MatchForm = .header) -> Shape {
        Shape { field in
            let few = "is empty; without `match` the rule is removed"
            guard let items = field.read(.items(1...blocksMax, tooFew: few)) else { return nil }
            let read = items.map { $0.read(.match(dialect, form)) }
            let whole = read.compactMap(\.self)
            return whole.count == read.count ? whole : nil
        }
    }
}

extension Shape where Output == RequestMatch {
    /// One block, everything in which has to hold.
    fileprivate static func match(_ dialect: Dialect, _ form: MatchForm) -> Shape {
        .object { fields in
            let keys = form.keys(dialect)
            let at = { (fields: inout Fields, key: String) in
                keys.contains(key) ? fields.field(key, in: dialect) : nil
            }
            let headers = at(&fields, "headers")?.read(.named(.header, dialect)) ?? []
            let header = keys.contains("headerName") ? fields.argoHeader(dialect) : nil
            let match = RequestMatch(
                headers: headers + (header.map { [$0] } ?? []),
                cookies: at(&fields, "cookies")?.read(.named(.cookie, dialect)) ?? [],
                query: at(&fields, "query")?.read(.named(.query, dialect)) ?? [],
                path: at(&fields, "path")?.read(.text(dialect, .path)),
                method: at(&fields, "method")?.read(.text(dialect, .method)),
                host: at(&fields, "host")?.read(.text(dialect, .host)))
            fields.refuseEmpty("is empty, so it would match every request; say what must match")
            return match
        }
    }
}

extension Fields {
    /// Argo's `{headerName: X, headerValue: {exact: v}}`.
    fileprivate mutating func argoHeader(_ dialect: Dialect) -> FieldMatch? {
        let name = field("headerName", in: dialect)?.read(.headerName)
        let value = field("headerValue", in: dialect)?.read(.text(dialect, .value))
        self.field.note(.needs("headerName", "headerValue"), .needs("headerValue", "headerName"))
        if has("headerName") != has("headerValue") {
            field.refuse("headerName and headerValue belong together")
        }
        guard let name, let value else { return nil }
        return FieldMatch(name: name, value: value)
    }
}

// MARK: - Named parts

/// Where a request keeps its named parts.
private enum NamedPart {
    case header, cookie, query

    func flaw(of name: String) -> String? {
        switch self {
        case .header: headerFlaw(name)
        case .cookie: tokenFlaw(name, "cookie")
        case .query:
            name.isEmpty || name.utf8.count > 128 || name.contains(where: \.isControl)
                ? "\(quoted(name)) is no name of a query parameter" : nil
        }
    }
}

private let partsMax = 32

extension Shape where Output == [FieldMatch] {
    /// `{x-canary: {exact: "1"}}`.
    fileprivate static func named(_ part: NamedPart, _ dialect: Dialect) -> Shape {
        Shape { field in
            guard var fields = Fields(field) else { return nil }
            fields.refuseEmpty("is empty; leave it out, or say what must match")
            field.note(.members(to: partsMax))
            let entries = fields.all()
            guard entries.count <= partsMax else {
                field.refuse("has \(entries.count) entries; the limit is \(partsMax)")
                return nil
            }
            return entries.compactMap { key, value in
                if let flaw = part.flaw(of: key.text) { value.refuse(at: key.mark, flaw) }
                return value.read(.text(dialect, .value)).map { FieldMatch(name: key.text, value: $0) }
            }
        }
    }
}

extension Shape where Output == String {
    fileprivate static var headerName: Shape { string.refusing(headerFlaw) }
}

private func headerFlaw(_ name: String) -> String? {
    name.hasPrefix(":")
        ? "\(quoted(name)) is no header but a part of the request; use host, path or method"
        : tokenFlaw(name, "header")
}
