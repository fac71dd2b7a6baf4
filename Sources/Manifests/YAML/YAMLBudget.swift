/// How much of the limits a stream has used.
struct YAMLBudget {
    let limits: YAMLLimits
    private var nodes = 0
    private var aliasedNodes = 0
    private var textBytes = 0

    init(_ limits: YAMLLimits) {
        self.limits = limits
    }

    /// Charges for one node itself; what is inside it was charged before it.
    mutating func charge(_ node: YAMLNode) throws(Diagnostic) {
        nodes += 1
        textBytes += node.scalar?.text.utf8.count ?? 0
        try check(at: node.mark)
    }

    /// Charges for all that an alias stands for.
    ///
    /// No overflow: each part is at most its limit, and the first to go over it ends the stream.
    mutating func charge(alias size: YAMLSize, at mark: YAMLMark) throws(Diagnostic) {
        nodes += size.nodes
        aliasedNodes += size.nodes
        textBytes += size.textBytes
        guard aliasedNodes <= limits.aliasedNodes else {
            throw Diagnostic(at: mark, "aliases stand for more than \(limits.aliasedNodes) nodes")
        }
        try check(at: mark)
    }

    func checkDepth(_ depth: Int, at mark: YAMLMark) throws(Diagnostic) {
        guard depth <= limits.depth else {
            throw Diagnostic(at: mark, "nested more than \(limits.depth) deep")
        }
    }

    private func check(at mark: YAMLMark) throws(Diagnostic) {
        guard nodes <= limits.nodes else {
            throw Diagnostic(at: mark, "more than \(limits.nodes) nodes in one file")
        }
        guard textBytes <= limits.bytes else {
            throw Diagnostic(at: mark, "more than \(limits.size) of text once aliases are written out")
        }
    }
}

/// How much a node holds with its aliases written out.
struct YAMLSize {
    private(set) var nodes: Int
    private(set) var textBytes: Int
    /// Collections inside one another; zero for a scalar.
    private(set) var height: Int

    static let emptyCollection = YAMLSize(nodes: 1, textBytes: 0, height: 1)

    private init(nodes: Int, textBytes: Int, height: Int) {
        self.nodes = nodes
        self.textBytes = textBytes
        self.height = height
    }

    init(scalar text: String) {
        self.init(nodes: 1, textBytes: text.utf8.count, height: 0)
    }

    mutating func add(_ part: YAMLSize) {
        nodes += part.nodes
        textBytes += part.textBytes
        height = max(height, part.height + 1)
    }
}

/// A complete node and its size.
struct YAMLBuilt {
    var node: YAMLNode
    let size: YAMLSize

    init(_ node: YAMLNode, _ size: YAMLSize) {
        self.node = node
        self.size = size
    }
}
