/// A sequence or a mapping whose end has not been read yet.
struct YAMLCollection {
    enum Kind: String {
        case sequence
        case mapping

        var tag: YAMLTag { self == .sequence ? .sequence : .mapping }
    }

    let anchor: String?
    private let kind: Kind
    private let mark: YAMLMark
    private var size = YAMLSize.emptyCollection
    private var items: [YAMLNode] = []
    private var entries: [YAMLEntry] = []
    private var lines: [String: Int] = [:]
    private var next = Next.key

    /// What a mapping's next node is.
    private enum Next {
        case key
        case value(of: YAMLKey)
        /// The value of a key that was refused, which goes with it.
        case nothing
    }

    init(_ kind: Kind, anchor: String?, at mark: YAMLMark) {
        self.kind = kind
        self.anchor = anchor
        self.mark = mark
    }

    var built: YAMLBuilt {
        let content: YAMLNode.Content = kind == .sequence ? .sequence(items) : .mapping(entries)
        return YAMLBuilt(YAMLNode(content, at: mark), size)
    }

    /// Adds a node, and says what is wrong with it.
    mutating func add(_ built: YAMLBuilt) -> String? {
        size.add(built.size)
        guard kind == .mapping else {
            items.append(built.node)
            return nil
        }
        switch next {
        case .key: return addKey(built.node)
        case .value(let key): entries.append(YAMLEntry(key: key, value: built.node))
        case .nothing: break
        }
        next = .key
        return nil
    }

    /// The path of the node that comes next, under the path of this collection.
    func path(below path: FieldPath) -> FieldPath {
        switch (kind, next) {
        case (.sequence, _): path.appending(index: items.count)
        case (.mapping, .value(let key)): path.appending(key: key.text)
        case (.mapping, _): path
        }
    }

    private mutating func addKey(_ node: YAMLNode) -> String? {
        next = .nothing
        guard let scalar = node.scalar else { return "a key must be a scalar; this one is \(node.kind)" }
        if scalar.isAbsent { return "a key is missing before `:`" }
        if scalar.text == "<<", scalar.style == .plain {
            return "merge keys (`<<`) are not supported; write the keys out"
        }
        next = .value(of: YAMLKey(scalar.text, at: node.mark))
        guard let line = lines.updateValue(node.mark.line, forKey: scalar.text) else { return nil }
        lines[scalar.text] = line
        return "duplicate key; first in line \(line)"
    }
}
