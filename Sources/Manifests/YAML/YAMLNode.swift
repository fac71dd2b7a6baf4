/// One value of a YAML document, and where in the file it was written.
///
/// A node that an alias (`*name`) stands for bears the mark of the alias; what is inside it keeps the marks of
/// its own text, which is where a reader would go to change it.
package struct YAMLNode: Sendable, Equatable {
    package var content: Content
    package var mark: YAMLMark

    package enum Content: Sendable, Equatable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        /// In the order of the file. No name occurs twice in a file that was read without errors.
        case mapping([YAMLEntry])
    }

    package init(_ content: Content, at mark: YAMLMark) {
        self.content = content
        self.mark = mark
    }
}

/// One `key: value` of a mapping.
package struct YAMLEntry: Sendable, Equatable {
    package let key: YAMLKey
    package let value: YAMLNode

    package init(key: YAMLKey, value: YAMLNode) {
        self.key = key
        self.value = value
    }
}

/// A key of a mapping. Keys are text: `1` and `"1"` are the same key.
package struct YAMLKey: Sendable, Equatable {
    package let text: String
    package let mark: YAMLMark

    package init(_ text: String, at mark: YAMLMark) {
        self.text = text
        self.mark = mark
    }
}

/// One document of a stream; `---` begins the next.
package struct YAMLDocument: Sendable, Equatable {
    package let root: YAMLNode

    package init(root: YAMLNode) {
        self.root = root
    }

    /// Whether nothing is written between this document's `---` and the next.
    package var isEmpty: Bool { root.scalar?.isAbsent ?? false }
}

/// A place in a file. Lines and columns count from one; a column is a Unicode scalar, not a byte.
package struct YAMLMark: Sendable, Hashable {
    package let file: String
    package let line: Int
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// Of what is no text, and has a name nevertheless: an object of an API server.
    package init(in source: String) {
        self.init(file: source, line: 0, column: 0)
    }

    package var isInText: Bool { line > 0 }
}

extension YAMLNode {
    package var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// The resolved scalar, or nil for a sequence or a mapping.
    package var value: YAMLValue? { scalar?.value }

    package var sequence: [YAMLNode]? {
        if case .sequence(let items) = content { items } else { nil }
    }

    package var mapping: [YAMLEntry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    package var isNull: Bool { value == .null }

    /// The value of a key of a mapping; nil when the key is absent or this is no mapping.
    package subscript(key: String) -> YAMLNode? {
        mapping?.first { $0.key.text == key }?.value
    }
}
