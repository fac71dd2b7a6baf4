/// A scalar as it was written: its text, how it was quoted, and its tag.
package struct YAMLScalar: Sendable, Equatable {
    package let text: String
    package let style: Style
    package let tag: YAMLTag?

    package enum Style: Sendable { case plain, quoted }

    package init(_ text: String, style: Style = .plain, tag: YAMLTag? = nil) {
        self.text = text
        self.style = style
        self.tag = tag
    }

    /// What the text means: a tag decides, then the quotes, then the core schema.
    package var value: YAMLValue {
        switch tag {
        case .string: .string(text)
        case .null, .bool, .integer, .float: YAMLValue(core: text)
        case .sequence, .mapping, nil: style == .quoted ? .string(text) : YAMLValue(core: text)
        }
    }

    /// Whether nothing at all is written where this scalar stands.
    package var isAbsent: Bool { text.isEmpty && style == .plain && tag == nil }
}

/// The tags that this reader knows. Every other tag is refused.
package enum YAMLTag: String, Sendable {
    case string = "tag:yaml.org,2002:str"
    case null = "tag:yaml.org,2002:null"
    case bool = "tag:yaml.org,2002:bool"
    case integer = "tag:yaml.org,2002:int"
    case float = "tag:yaml.org,2002:float"
    case sequence = "tag:yaml.org,2002:seq"
    case mapping = "tag:yaml.org,2002:map"
}

extension YAMLTag {
    /// The tag as people write it.
    var shorthand: String { Self.shorthand(rawValue) }

    /// Any tag as people write it.
    static func shorthand(_ tag: String) -> String {
        let core = "tag:yaml.org,2002:"
        return tag.hasPrefix(core) ? "!!" + tag.dropFirst(core.count) : tag
    }

    /// Whether this tag may stand before the scalar `text`.
    func fits(scalar text: String) -> Bool {
        switch (self, YAMLValue(core: text)) {
        case (.string, _), (.null, .null), (.bool, .bool): true
        case (.integer, .integer), (.integer, .hugeInteger): true
        case (.float, .float), (.float, .integer), (.float, .hugeInteger): true
        default: false
        }
    }
}
