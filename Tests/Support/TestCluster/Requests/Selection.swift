import Transport

/// Which of a kind's objects: by namespace, labels and fields.
struct Selection: Sendable {
    var namespace: String?
    var labels: [LabelRequirement] = []
    var fields: [FieldRequirement] = []

    func contains(_ object: JSON) -> Bool {
        let metadata = object["metadata"]
        guard namespace == nil || metadata?["namespace"]?.string == namespace else { return false }
        let present = (metadata?["labels"]?.object ?? [:]).compactMapValues(\.string)
        return labels.allSatisfy { $0.matches(present) } && fields.allSatisfy { $0.matches(object) }
    }
}

extension Selection {
    init(_ request: ClusterRequest, _ target: Target) throws(Refusal) {
        namespace = target.namespace
        labels = try LabelRequirement.read(request.query["labelSelector"] ?? "")
        fields = try FieldRequirement.read(request.query["fieldSelector"] ?? "", target.kind)
    }
}

struct LabelRequirement: Hashable, Sendable {
    enum Rule: Hashable, Sendable {
        case isOneOf(Set<String>)
        /// Or isn't there.
        case isNoneOf(Set<String>)
        case exists
        case isAbsent
    }

    let key: String
    let rule: Rule

    func matches(_ labels: [String: String]) -> Bool {
        switch rule {
        case .isOneOf(let values): labels[key].map(values.contains) ?? false
        case .isNoneOf(let values): labels[key].map { !values.contains($0) } ?? true
        case .exists: labels[key] != nil
        case .isAbsent: labels[key] == nil
        }
    }
}

extension LabelRequirement {
    /// `app=web,track!=canary,tier in (a,b),!legacy,owner`
    static func read(_ text: String) throws(Refusal) -> [LabelRequirement] {
        var requirements: [LabelRequirement] = []
        for part in split(text) { requirements.append(try LabelRequirement(part)) }
        return requirements
    }

    /// By comma, but not inside of parentheses.
    private static func split(_ text: String) -> [String] {
        var parts: [String] = [""]
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts.map(trimmed).filter { !$0.isEmpty }
    }

    private init(_ text: String) throws(Refusal) {
        if text.hasPrefix("!") {
            self.init(key: trimmed(text.dropFirst()), rule: .isAbsent)
        } else if let set = Self.readSet(text) {
            self = set
        } else if let range = text.firstRange(of: "!=") {
            self.init(
                key: trimmed(text[..<range.lowerBound]), rule: .isNoneOf([trimmed(text[range.upperBound...])])
            )
        } else if let range = text.firstRange(of: "==") ?? text.firstRange(of: "=") {
            self.init(
                key: trimmed(text[..<range.lowerBound]), rule: .isOneOf([trimmed(text[range.upperBound...])]))
        } else {
            let words = text.split(separator: " ").map(String.init)
            guard words.count == 1 else {
                throw .badRequest(
                    "unable to parse requirement: found '\(words[1])', "
                        + "expected: in, notin, =, ==, !=, gt, lt")
            }
            self.init(key: text, rule: .exists)
        }
    }

    private static func readSet(_ text: String) -> LabelRequirement? {
        guard let open = text.firstIndex(of: "("), text.hasSuffix(")") else { return nil }
        let words = text[..<open].split(separator: " ").map(String.init)
        guard words.count == 2, words[1] == "in" || words[1] == "notin" else { return nil }
        let inner = text[text.index(after: open)...].dropLast()
        let values = Set(inner.split(separator: ",", omittingEmptySubsequences: false).map(trimmed))
        return LabelRequirement(key: words[0], rule: words[1] == "in" ? .isOneOf(values) : .isNoneOf(values))
    }

    /// A label selector as objects have it: `{"matchLabels": …, "matchExpressions": …}`
    static func read(_ selector: JSON) -> [LabelRequirement] {
        let equal = (selector["matchLabels"]?.object ?? [:]).sorted { $0.key < $1.key }.map {
            LabelRequirement(key: $0, rule: .isOneOf([$1.string ?? ""]))
        }
        return equal + (selector["matchExpressions"]?.array ?? []).compactMap(LabelRequirement.init)
    }

    private init?(_ expression: JSON) {
        guard let key = expression["key"]?.string else { return nil }
        let values = Set(expression["values"]?.array?.compactMap(\.string) ?? [])
        switch expression["operator"]?.string {
        case "In": self.init(key: key, rule: .isOneOf(values))
        case "NotIn": self.init(key: key, rule: .isNoneOf(values))
        case "Exists": self.init(key: key, rule: .exists)
        case "DoesNotExist": self.init(key: key, rule: .isAbsent)
        default: return nil
        }
    }

    /// As a scale's status has it.
    var text: String {
        switch rule {
        case .isOneOf(let values) where values.count == 1: "\(key)=\(values.first ?? "")"
        case .isOneOf(let values): "\(key) in (\(values.sorted().joined(separator: ",")))"
        case .isNoneOf(let values): "\(key) notin (\(values.sorted().joined(separator: ",")))"
        case .exists: key
        case .isAbsent: "!\(key)"
        }
    }
}

struct FieldRequirement: Hashable, Sendable {
    let path: [String]
    let value: String
    let isEqual: Bool

    func matches(_ object: JSON) -> Bool { ((object[path: path]?.string ?? "") == value) == isEqual }

    static func read(_ text: String, _ kind: ServedKind) throws(Refusal) -> [FieldRequirement] {
        var requirements: [FieldRequirement] = []
        for part in text.split(separator: ",") {
            let isEqual = !part.contains("!=")
            let sides = part.split(separator: isEqual ? "=" : "!=", omittingEmptySubsequences: true)
            let name = sides.first.map(trimmed) ?? ""
            guard known(kind).contains(name) else { throw unknown(name, kind) }
            requirements.append(
                FieldRequirement(
                    path: name.split(separator: ".").map(String.init),
                    value: sides.count > 1 ? trimmed(sides[1]) : "", isEqual: isEqual))
        }
        return requirements
    }

    private static func known(_ kind: ServedKind) -> [String] {
        let own: [String] =
            switch kind.id {
            case KindID(group: "", plural: "pods"): ["spec.nodeName", "status.phase"]
            case KindID(group: "", plural: "events"):
                ["involvedObject.kind", "involvedObject.name", "involvedObject.uid", "reason", "type"]
            case KindID(group: "", plural: "secrets"): ["type"]
            default: []
            }
        return ["metadata.name", "metadata.namespace"] + own
    }

    private static func unknown(_ name: String, _ kind: ServedKind) -> Refusal {
        kind.isCustom
            ? .badRequest("field label not supported: \(name)")
            : .badRequest(
                "\"\(name)\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")
    }
}

private func trimmed(_ text: some StringProtocol) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
}
