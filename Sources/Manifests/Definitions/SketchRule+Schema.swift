extension SketchRule {
    /// The members that it speaks of.
    var keys: [String] {
        switch self {
        case .exactlyOne(let keys), .atMostOne(let keys), .atLeastOne(let keys): keys
        case .leadsTo(let paths): paths.compactMap(\.first)
        case .needs(let key, let other): [key, other]
        case .excludes(let key, let path): [key] + path.prefix(1)
        }
    }

    /// The rule as an API server checks it with a message of ours. It only asks what is there, which costs next to
    /// nothing however many items a list has.
    var celRule: YAMLTree { ["rule": .string(rule), "message": .string(message)] }

    private var rule: String {
        switch self {
        case .exactlyOne: "\(count) == 1"
        case .atMostOne: "\(count) <= 1"
        case .atLeastOne: "\(count) >= 1"
        case .leadsTo(let paths):
            paths.map { "(" + steps($0).joined(separator: " && ") + ")" }.joined(separator: " || ")
        case .needs(let key, let other): "!has(self.\(key)) || has(self.\(other))"
        case .excludes(let key, let path):
            "!(" + (["has(self.\(key))"] + steps(path)).joined(separator: " && ") + ")"
        }
    }

    private var message: String {
        let list = keys.joined(separator: ", ")
        switch self {
        case .exactlyOne: return "needs exactly one of: \(list)"
        case .atMostOne: return "only one of these can be meant: \(list)"
        case .atLeastOne: return "needs one of: \(list)"
        case .leadsTo(let paths):
            return "needs one of: " + paths.map { $0.joined(separator: ".") }.joined(separator: ", ")
        case .needs(let key, let other): return "\(key) needs \(other)"
        case .excludes(let key, let path):
            return "\(key) and \(path.joined(separator: ".")) exclude each other"
        }
    }

    /// How many of the keys are there.
    private var count: String {
        "[\(keys.map { "has(self.\($0))" }.joined(separator: ", "))].filter(x, x == true).size()"
    }

    /// Each step of a path has to be there before the next is asked for.
    private func steps(_ path: [String]) -> [String] {
        path.indices.map { "has(self.\(path[...$0].joined(separator: ".")))" }
    }
}

extension SketchRule {
    /// The rule for members that rules in CEL don't see, because a schema has no one type for them. It says less
    /// when it is broken.
    ///
    /// An `excludes` must not lead deeper here: what it says stands beside the members, not below them.
    var junctor: YAMLTree {
        switch self {
        case .exactlyOne: ["oneOf": alternatives]
        case .atLeastOne: ["anyOf": alternatives]
        case .atMostOne(let keys): ["not": ["anyOf": pairs(keys)]]
        case .leadsTo(let paths): ["anyOf": .list(paths.map { reached($0[...]) })]
        case .needs(let key, let other):
            ["anyOf": [required([other]), ["not": required([key])]]]
        case .excludes(let key, let path): ["not": required([key] + path)]
        }
    }

    var alternatives: YAMLTree { .list(keys.map { required([$0]) }) }

    private func reached(_ path: ArraySlice<String>) -> YAMLTree {
        guard let key = path.first else { return [:] }
        let here = required([key])
        return path.count == 1
            ? here : ["allOf": .list([here, ["properties": [key: reached(path.dropFirst())]]])]
    }

    private func pairs(_ keys: [String]) -> YAMLTree {
        .list(
            keys.enumerated().flatMap { index, key in
                keys.dropFirst(index + 1).map { required([key, $0]) }
            })
    }

    private func required(_ keys: some Sequence<String>) -> YAMLTree { ["required": .strings(keys)] }
}
