import Rollouts

extension TextMatch {
    /// Envoy's StringMatcher.
    var envoy: [String: Any] {
        switch self {
        case .exact(let text): ["exact": text]
        // Envoy rejects an empty one.
        case .prefix(""): ["safe_regex": ["regex": "(?s).*"]]
        case .prefix(let text): ["prefix": text]
        case .regex(let pattern): ["safe_regex": ["regex": pattern]]
        }
    }

    /// The same for a host, which has no case and may have a port behind it.
    var envoyHost: [String: Any] {
        let port = "(?::[0-9]+)?"
        return switch self {
        case .exact(let host): TextMatch.regex("(?i)\(quoted(host))\(port)").envoy
        case .prefix(let host): TextMatch.regex("(?i)\(quoted(host)).*").envoy
        case .regex(let pattern): TextMatch.regex("(?i)(?:\(pattern))\(port)").envoy
        }
    }

    /// A pattern can't be narrowed to the paths below a prefix, so that is asked for beside it.
    func header(below prefix: String) -> [String: Any]? {
        guard case .regex = self, prefix != "/" else { return nil }
        return ["name": ":path", "string_match": TextMatch.prefix(prefix).envoy]
    }
}

/// The text itself as a pattern of RE2.
func quoted(_ text: String) -> String {
    text.reduce(into: "") { pattern, character in
        if "\\.+*?()|[]{}^$".contains(character) { pattern.append("\\") }
        pattern.append(character)
    }
}
