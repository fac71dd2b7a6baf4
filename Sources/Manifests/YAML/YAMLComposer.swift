/// Builds trees from events, and counts while it does.
///
/// What makes the tree ambiguous or too large to build stops it; what only makes the tree wrong is reported, and
/// the tree goes on, so that one run shows all errors.
struct YAMLComposer {
    private(set) var documents: [YAMLDocument] = []
    private(set) var isFinished = false
    private let diagnostics: Diagnostics
    private var budget: YAMLBudget
    private var anchors = YAMLAnchors()
    private var open: [YAMLCollection] = []

    init(limits: YAMLLimits, diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
        budget = YAMLBudget(limits)
    }

    mutating func take(_ event: YAMLEvent) throws(Diagnostic) {
        switch event.kind {
        case .streamStart, .documentEnd: break
        case .streamEnd: isFinished = true
        case .documentStart: try beginDocument(at: event.mark)
        case .alias(let name): try place(anchors.node(name, at: event.mark), isAlias: true)
        case .scalar(let text, let style, let properties):
            try takeScalar(text, style, properties, at: event.mark)
        case .sequenceStart(let properties): try begin(.sequence, properties, at: event.mark)
        case .mappingStart(let properties): try begin(.mapping, properties, at: event.mark)
        case .sequenceEnd, .mappingEnd: try endCollection()
        }
    }

    private mutating func beginDocument(at mark: YAMLMark) throws(Diagnostic) {
        anchors = YAMLAnchors()
        guard documents.count < budget.limits.documents else {
            throw Diagnostic(at: mark, "more than \(budget.limits.documents) documents in one file")
        }
    }

    private mutating func takeScalar(
        _ text: String, _ style: YAMLScalar.Style, _ properties: YAMLEvent.Properties, at mark: YAMLMark
    ) throws(Diagnostic) {
        let tag = tag(properties.tag, plain: .string, at: mark)
        if let tag, !tag.fits(scalar: text) {
            report(at: mark, "\(tag.shorthand) does not fit \(quoted(text))")
        }
        let node = YAMLNode(.scalar(YAMLScalar(text, style: style, tag: tag)), at: mark)
        let built = YAMLBuilt(node, YAMLSize(scalar: text))
        anchors.define(properties.anchor, as: built)
        try place(built, isAlias: false)
    }

    private mutating func begin(
        _ kind: YAMLCollection.Kind, _ properties: YAMLEvent.Properties, at mark: YAMLMark
    ) throws(Diagnostic) {
        if let tag = tag(properties.tag, plain: kind.tag, at: mark), tag != kind.tag {
            report(at: mark, "\(tag.shorthand) does not fit a \(kind)")
        }
        anchors.open(properties.anchor)
        open.append(YAMLCollection(kind, anchor: properties.anchor, at: mark))
        try budget.checkDepth(open.count, at: mark)
    }

    private mutating func endCollection() throws(Diagnostic) {
        guard let ended = open.popLast() else { return }
        let built = ended.built
        anchors.define(ended.anchor, as: built)
        try place(built, isAlias: false)
    }

    /// Puts a node that is complete where it belongs: into the innermost open collection, or at a document's root.
    private mutating func place(_ built: YAMLBuilt, isAlias: Bool) throws(Diagnostic) {
        if isAlias {
            try budget.charge(alias: built.size, at: built.node.mark)
            try budget.checkDepth(open.count + built.size.height, at: built.node.mark)
        } else {
            try budget.charge(built.node)
        }
        guard let innermost = open.indices.last else {
            documents.append(YAMLDocument(root: built.node))
            return
        }
        if let problem = open[innermost].add(built) { report(at: built.node.mark, problem) }
    }

    /// The tag that was written, if any. A lone `!` stands for `plain`.
    private func tag(_ written: String?, plain: YAMLTag, at mark: YAMLMark) -> YAMLTag? {
        guard let written else { return nil }
        if written == "!" { return plain }
        if let tag = YAMLTag(rawValue: written) { return tag }
        report(at: mark, "unknown tag \(YAMLTag.shorthand(written).shownAsKey); leave it out")
        return nil
    }

    private func report(at mark: YAMLMark, _ message: @autoclosure () -> String) {
        diagnostics.report(
            Diagnostic(at: mark, path: path.description, message()), severity: .error, file: mark.file)
    }

    private var path: FieldPath {
        open.reduce(.root) { path, collection in collection.path(below: path) }
    }
}
