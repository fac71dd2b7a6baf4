/// How much a YAML stream may ask of its reader.
///
/// An alias counts as if what it stands for were written out in its place, so that a short file cannot become a
/// long one.
package struct YAMLLimits: Sendable, Equatable {
    /// Size of the stream, and of all its scalars with aliases written out.
    package var bytes: Int
    /// Sequences and mappings inside one another.
    package var depth: Int
    /// Scalars, keys, sequences and mappings of the whole stream.
    package var nodes: Int
    /// Those of them that came out of aliases.
    package var aliasedNodes: Int
    package var documents: Int

    package init(
        bytes: Int = 1 << 20, depth: Int = 64, nodes: Int = 100_000, aliasedNodes: Int = 10_000,
        documents: Int = 1_000
    ) {
        self.bytes = bytes
        self.depth = depth
        self.nodes = nodes
        self.aliasedNodes = aliasedNodes
        self.documents = documents
    }

    /// For files that people write.
    package static let manifest = YAMLLimits()
}

extension YAMLLimits {
    /// The limit on bytes in words.
    var size: String {
        if bytes >= 1 << 20, bytes.isMultiple(of: 1 << 20) { return "\(bytes >> 20) MiB" }
        if bytes >= 1 << 10, bytes.isMultiple(of: 1 << 10) { return "\(bytes >> 10) KiB" }
        return "\(bytes) bytes"
    }
}
