import Rollouts

/// What a text is a part of, and so what it can look like.
enum MatchedPart {
    case value, path, method, host
}

extension Shape where Output == TextMatch {
    /// `{exact: v}`, `{prefix: v}` or `{regex: v}`; with us a bare string means exact.
    static func text(_ dialect: Dialect, _ part: MatchedPart) -> Shape {
        let forms: Shape = .object { oneForm(&$0, part) }
        return dialect == .argo
            ? forms : .scalar(Shape<String>.matched(part).map { .exact($0) }, orElse: forms)
    }

    private static func oneForm(_ fields: inout Fields, _ part: MatchedPart) -> TextMatch? {
        let forms = ["exact", "prefix", "regex"]
        for form in forms { _ = fields.field(form) }
        guard !fields.isElse(than: forms), let form = fields.exactlyOne(of: forms) else { return nil }
        let matched: Shape<String> = part == .method && form == "prefix" ? .plain : .matched(part)
        switch form {
        case "exact": return fields.optional("exact", .matched(part)).map { .exact($0) }
        case "prefix": return fields.optional("prefix", matched).map { .prefix($0) }
        default: return fields.optional("regex", .requestPattern).map { .regex($0) }
        }
    }
}

extension Shape where Output == String {
    private static var lengthMax: Int { 1_024 }

    fileprivate static var plain: Shape {
        nonEmptyString.refusing { text in
            if text.utf8.count > lengthMax { return "is longer than \(lengthMax) characters" }
            return text.contains(where: \.isControl) ? "\(quoted(text)) has a control character in it" : nil
        }.noting(.length(to: lengthMax))
    }

    fileprivate static func matched(_ part: MatchedPart) -> Shape {
        switch part {
        case .value: plain
        case .path: plain.refusing { $0.hasPrefix("/") ? nil : "\(quoted($0)) must start with /" }
        case .method: plain.refusing { tokenFlaw($0, "method") }
        case .host: plain.map { $0.lowercased() }.refusing(hostFlaw)
        }
    }

    /// A regular expression in RE2's syntax.
    fileprivate static var requestPattern: Shape {
        plain.refusing { text in RegexSyntax.flaw(of: text).map { "\(quoted(text)) \($0)" } }
    }
}

extension Character {
    var isControl: Bool { unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }
}

private func hostFlaw(_ host: String) -> String? {
    let isPlain = host.unicodeScalars.allSatisfy { scalar in
        switch scalar {
        case "a"..."z", "0"..."9", ".", "-", "_": true
        default: false
        }
    }
    return isPlain ? nil : "\(quoted(host)) is no host; write it without a scheme, a port and a path"
}
