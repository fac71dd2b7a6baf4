import Transport

extension GatewayMatch {
    /// What a request looks like that matches both.
    enum Both: Hashable {
        case block(GatewayMatch)
        /// No request can match both.
        case never
        /// A route has one condition for it, and it can't hold both; the field.
        case unspeakable(String)
    }

    func and(_ other: GatewayMatch) -> Both {
        var block = document.object ?? [:]
        for (key, value) in (other.document.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let present = block[key], !present.means(value) else {
                block[key] = value
                continue
            }
            switch Combined(key, present, value) {
            case .value(let value): block[key] = value
            case .never: return .never
            case .unspeakable(let field): return .unspeakable(field)
            }
        }
        return .block(GatewayMatch(document: .object(block)))
    }

    /// Whether a request may match both. Where that can't be told, it may.
    func mayOverlap(_ other: GatewayMatch) -> Bool { and(other) != .never }
}

private enum Combined {
    case value(JSON)
    case never
    case unspeakable(String)

    init(_ key: String, _ one: JSON, _ other: JSON) {
        switch key {
        case "path": self = Self.path(one, other)
        case "headers", "queryParams": self = Self.fields(key, one.array ?? [], other.array ?? [])
        case "method": self = Self.method(one, other)
        default: self = .unspeakable(key)
        }
    }

    private static func path(_ one: JSON, _ other: JSON) -> Combined {
        if one.means(GatewayMatch.everyPath) { return .value(other) }
        if other.means(GatewayMatch.everyPath) { return .value(one) }
        switch (PathCondition(one), PathCondition(other)) {
        case (.exact(let path), .prefix(let start)): return path.isWithin(start) ? .value(one) : .never
        case (.prefix(let start), .exact(let path)): return path.isWithin(start) ? .value(other) : .never
        case (.prefix(let path), .prefix(let start)) where path.isWithin(start): return .value(one)
        case (.prefix(let start), .prefix(let path)) where path.isWithin(start): return .value(other)
        case (.exact, .exact), (.prefix, .prefix): return .never
        case (.pattern, _), (_, .pattern): return .unspeakable("path")
        }
    }

    /// HTTP's methods are names, gRPC's have two parts, of which one may be left open.
    private static func method(_ one: JSON, _ other: JSON) -> Combined {
        guard var merged = one.object, let others = other.object else { return .never }
        guard merged["type"] == others["type"], merged["type"] != "RegularExpression" else {
            return .unspeakable("method")
        }
        for (part, value) in others {
            guard merged[part] == nil || merged[part] == value else { return .never }
            merged[part] = value
        }
        return .value(.object(merged))
    }

    private static func fields(_ key: String, _ one: [JSON], _ others: [JSON]) -> Combined {
        var fields = one
        for other in others {
            let name = other["name"]?.string?.lowercased() ?? ""
            guard let present = one.first(where: { $0["name"]?.string?.lowercased() == name }) else {
                fields.append(other)
                continue
            }
            if present.condition == other.condition { continue }
            let areExact = present["type"] ?? "Exact" == "Exact" && other["type"] ?? "Exact" == "Exact"
            return areExact ? .never : .unspeakable("\(key).\(name)")
        }
        return .value(.array(fields))
    }
}

enum PathCondition: Hashable {
    case exact(String)
    case prefix(String)
    case pattern

    init(_ path: JSON) {
        let value = path["value"]?.string ?? "/"
        self =
            switch path["type"]?.string {
            case "Exact": .exact(value)
            case nil, "PathPrefix": .prefix(value)
            default: .pattern
            }
    }
}

extension String {
    /// Whether a path has that prefix, by whole elements.
    fileprivate func isWithin(_ prefix: String) -> Bool {
        let start = prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix
        return self == start || hasPrefix(start + "/")
    }
}

extension JSON {
    /// Of a header or parameter: its kind, and its value.
    fileprivate var condition: [JSON?] { [self["type"] ?? "Exact", self["value"]] }
}
