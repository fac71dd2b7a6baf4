/// What the anchors of one document stand for so far. A later anchor of the same name replaces the earlier.
struct YAMLAnchors {
    private var known: [String: Anchored] = [:]

    private enum Anchored {
        /// Its node's end has not been read; an alias to it would contain itself.
        case open
        case complete(YAMLBuilt)
    }

    mutating func open(_ name: String?) {
        if let name { known[name] = .open }
    }

    mutating func define(_ name: String?, as built: YAMLBuilt) {
        if let name { known[name] = .complete(built) }
    }

    /// What `*name` at `mark` stands for, bearing that mark.
    func node(_ name: String, at mark: YAMLMark) throws(Diagnostic) -> YAMLBuilt {
        switch known[name] {
        case .complete(var built):
            built.node.mark = mark
            return built
        case .open:
            throw Diagnostic(at: mark, "the alias *\(name.shown) is inside what it stands for")
        case nil:
            throw Diagnostic(at: mark, "the alias *\(name.shown) has no anchor &\(name.shown) before it")
        }
    }
}
