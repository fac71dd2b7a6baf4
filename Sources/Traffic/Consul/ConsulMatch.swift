import Rollouts
import Transport

/// Which requests a route of a service-router is for: all that it asks holds.
struct ConsulMatch: Hashable, Sendable {
    /// `{"HTTP": {"PathPrefix": "/", "Header": […], "QueryParam": […], "Methods": ["GET"]}}`
    let document: JSON

    init(document: JSON) { self.document = document }

    /// A block of a rule. Throws where Consul has no way to say it.
    init(_ match: RequestMatch, of rule: String) throws(RouteFailure) {
        var http: JSON = [:]
        if let path = match.path { try http.ask(path: path, rule) }
        var headers = match.headers.map { condition($0.name, $0.value) }
        if let host = match.host { headers.append(condition(":authority", .regex(host.hostPattern))) }
        if let cookies = try cookiePattern(match.cookies, of: rule) {
            headers.append(condition("cookie", .regex(cookies)))
        }
        if !headers.isEmpty { http["Header"] = .array(headers) }
        if !match.query.isEmpty { http["QueryParam"] = .array(match.query.map(parameter)) }
        if let method = match.method { http["Methods"] = [.string(try name(of: method, rule))] }
        document = http == [:] ? [:] : ["HTTP": http]
    }

    /// A user who bears a cookie with that value.
    init(cookie: String, value: String) {
        let pattern = cookiePattern(FieldMatch(name: cookie, value: .exact(value)))
        document = ["HTTP": ["Header": [condition("cookie", .regex(pattern))]]]
    }
}

private func condition(_ name: String, _ value: TextMatch) -> JSON {
    var condition: JSON = ["Name": .string(name)]
    switch value {
    // An empty text means to Consul that nothing is asked.
    case .exact(""): condition["Regex"] = "^$"
    case .exact(let text): condition["Exact"] = .string(text)
    case .prefix(""): condition["Present"] = true
    case .prefix(let text): condition["Prefix"] = .string(text)
    case .regex(let pattern): condition["Regex"] = .string(pattern)
    }
    return condition
}

/// A parameter has no condition for its beginning.
private func parameter(_ match: FieldMatch) -> JSON {
    guard case .prefix(let text) = match.value, !text.isEmpty else {
        return condition(match.name, match.value)
    }
    return condition(match.name, .regex(quoted(text) + ".*"))
}

private func name(of method: TextMatch, _ rule: String) throws(RouteFailure) -> String {
    guard case .exact(let name) = method, !name.isEmpty else {
        throw declined("rule \(rule) asks for a part of the method; Consul takes whole names, such as GET")
    }
    return name
}

extension TextMatch {
    /// A host has no case, and may have a port behind it.
    fileprivate var hostPattern: String {
        switch self {
        case .exact(let host): "(?i)\(quoted(host))(?::[0-9]+)?"
        case .prefix(let host): "(?i)\(quoted(host)).*"
        case .regex(let pattern): "(?i)(?:\(pattern))(?::[0-9]+)?"
        }
    }
}

extension JSON {
    fileprivate mutating func ask(path: TextMatch, _ rule: String) throws(RouteFailure) {
        switch path {
        case .prefix(""): return
        case .exact(let text), .prefix(let text):
            guard text.hasPrefix("/") else {
                throw declined("rule \(rule) asks for the path \"\(text)\"; a path begins with /")
            }
            if case .exact = path {
                self["PathExact"] = .string(text)
            } else {
                self["PathPrefix"] = .string(text)
            }
        case .regex(let pattern): self["PathRegex"] = .string(pattern)
        }
    }
}

// MARK: - Among the requests of another route

extension ConsulMatch {
    /// What a request looks like that matches both; none where no request can. Throws where Consul can't say it.
    func and(_ other: ConsulMatch, of rule: String) throws(RouteFailure) -> ConsulMatch? {
        let (own, theirs) = (document["HTTP"] ?? [:], other.document["HTTP"] ?? [:])
        var both: JSON = [:]
        for key in ["Header", "QueryParam"] {
            let conditions = (own[key]?.array ?? []) + (theirs[key]?.array ?? [])
            if !conditions.isEmpty { both[key] = .array(conditions) }
        }
        switch (own["Methods"]?.array ?? [], theirs["Methods"]?.array ?? []) {
        case ([], []): break
        case (let methods, []), ([], let methods): both["Methods"] = .array(methods)
        case (let methods, let others):
            let shared = methods.filter(others.contains)
            guard !shared.isEmpty else { return nil }
            both["Methods"] = .array(shared)
        }
        switch (AskedPath(own), AskedPath(theirs)) {
        case (let path?, nil), (nil, let path?): both[path.key] = .string(path.text)
        case (nil, nil): break
        case (let path?, let other?):
            switch path.and(other) {
            case .both(let path): both[path.key] = .string(path.text)
            case .never: return nil
            case .unspeakable:
                throw declined(
                    "rule \(rule) asks for a path, and so does the user's route with \(other.key) \(other.text), in "
                        + "a way that Consul can't ask for both; use a prefix or an exact path")
            }
        }
        return ConsulMatch(document: both == [:] ? [:] : ["HTTP": both])
    }
}

private struct AskedPath {
    let key: String
    let text: String

    init?(_ http: JSON) {
        let found = ["PathExact", "PathPrefix", "PathRegex"].lazy.compactMap { key in
            http[key]?.string.map { (key, $0) }
        }.first { !$0.1.isEmpty }
        guard let found else { return nil }
        (key, text) = found
    }

    enum Both {
        case both(AskedPath)
        case never
        case unspeakable
    }

    func and(_ other: AskedPath) -> Both {
        switch (key, other.key) {
        case _ where key == other.key && text == other.text: .both(self)
        case ("PathRegex", _), (_, "PathRegex"): .unspeakable
        case (_, "PathPrefix") where text.hasPrefix(other.text): .both(self)
        case ("PathPrefix", _) where other.text.hasPrefix(text): .both(other)
        default: .never
        }
    }
}
