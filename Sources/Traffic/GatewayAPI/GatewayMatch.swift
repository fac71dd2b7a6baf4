import Rollouts
import Transport

/// One block of a rule's `matches`: all that it asks holds. Defaults are written out, as the API server does it.
struct GatewayMatch: Hashable, Sendable {
    let document: JSON

    init(document: JSON) { self.document = document }

    /// A block of a rule of ours. Throws where a route has no way to say it.
    init(_ match: RequestMatch, of rule: String, in kind: RouteKind) throws(RouteFailure) {
        guard match.host == nil else {
            throw Self.refused(rule, "asks for the host, and a \(kind.name) has its hostnames for all rules")
        }
        var document: JSON = [:]
        if kind == .grpcRoute {
            document["method"] = try Self.grpcMethod(match, rule)
        } else {
            document["path"] = match.path?.gatewayPath ?? Self.everyPath
            document["method"] = try match.method.map { method throws(RouteFailure) in
                try Self.method(method, rule)
            }
            document["queryParams"] = try Self.fields(match.query, "query parameter", rule)
        }
        var headers = match.headers
        if let cookies = try cookiePattern(match.cookies, of: rule) {
            headers.append(FieldMatch(name: "cookie", value: .regex(cookies)))
        }
        document["headers"] = try Self.fields(headers, "header", rule)
        self.document = document
    }

    /// A user who bears a cookie with that value.
    init(cookie: String, value: String, in kind: RouteKind) {
        let pattern = cookiePattern(FieldMatch(name: cookie, value: .exact(value)))
        var document: JSON = ["headers": [FieldMatch(name: "cookie", value: .regex(pattern)).gateway]]
        if kind != .grpcRoute { document["path"] = Self.everyPath }
        self.document = document
    }

    static let everyPath: JSON = ["type": "PathPrefix", "value": "/"]
}

extension GatewayMatch {
    private static func method(_ method: TextMatch, _ rule: String) throws(RouteFailure) -> JSON {
        guard case .exact(let name) = method else {
            throw refused(rule, "asks for methods by a pattern, and a HTTPRoute takes one method by its name")
        }
        return .string(name)
    }

    /// `/pkg.Service/Method`, or all of a service: `/pkg.Service/`.
    private static func grpcMethod(_ match: RequestMatch, _ rule: String) throws(RouteFailure) -> JSON? {
        guard match.method == nil, match.query.isEmpty else {
            throw refused(rule, "asks for a method or a query parameter of HTTP, and a GRPCRoute has neither")
        }
        guard let path = match.path else { return nil }
        var method: JSON = ["type": "Exact"]
        switch path {
        case .prefix("/"), .prefix(""): return nil
        case .exact(let text), .prefix(let text):
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, parts[0].isEmpty, !parts[1].isEmpty,
                parts[2].isEmpty == (path == .prefix(text))
            else { break }
            method["service"] = .string(parts[1])
            method["method"] = parts[2].isEmpty ? nil : .string(parts[2])
            return method
        case .regex: break
        }
        throw refused(
            rule,
            "asks for a path that is no gRPC method; write `exact: /pkg.Service/Method` or "
                + "`prefix: /pkg.Service/`")
    }

    private static func fields(
        _ matches: [FieldMatch], _ kind: String, _ rule: String
    ) throws(RouteFailure) -> JSON? {
        guard !matches.isEmpty else { return nil }
        var fields: [String: JSON] = [:]
        var names: [String] = []
        for match in matches {
            let name = kind == "header" ? match.name.lowercased() : match.name
            guard fields[name] == nil || fields[name] == match.gateway else {
                throw refused(
                    rule, "asks twice for the \(kind) \(name), and a route takes one condition for each")
            }
            if fields[name] == nil { names.append(name) }
            fields[name] = match.gateway
        }
        return .array(names.compactMap { fields[$0] })
    }

    private static func refused(_ rule: String, _ what: String) -> RouteFailure {
        RouteFailure(.rejected, "rule \(rule) \(what)")
    }
}

extension FieldMatch {
    /// An empty value has no exact form: the API wants at least one letter.
    fileprivate var gateway: JSON {
        ["type": .string(condition.type), "name": .string(name), "value": .string(condition.text)]
    }

    private var condition: (type: String, text: String) {
        switch value {
        case .exact(""): ("RegularExpression", "^$")
        case .exact(let text): ("Exact", text)
        case .prefix(let text): ("RegularExpression", "^\(quoted(text)).*$")
        case .regex(let pattern): ("RegularExpression", "^(?:\(pattern))$")
        }
    }
}

extension TextMatch {
    /// The API counts a prefix by whole elements: `/api` is no prefix of `/apis`.
    fileprivate var gatewayPath: JSON {
        switch self {
        case .exact(let path): ["type": "Exact", "value": .string(path)]
        case .prefix(let path): ["type": "PathPrefix", "value": .string(path.isEmpty ? "/" : path)]
        case .regex(let pattern): ["type": "RegularExpression", "value": .string(pattern)]
        }
    }
}
