import Manifests
package import Transport

/// Kinds by their CustomResourceDefinitions, as a text of YAML documents, without a server around them.
package struct Definitions: Sendable {
    /// The definitions as they are sent to an API server.
    package let documents: [JSON]
    private let kinds: [String: ServedKind]

    package init(_ text: String) {
        do {
            let limits = YAMLLimits(bytes: 8 << 20, nodes: 2_000_000, aliasedNodes: 0)
            let read = try YAMLReader(limits: limits).read(Array(text.utf8), file: "definitions")
            documents = read.filter { !$0.isEmpty }.map(\.root.json)
        } catch {
            preconditionFailure("the definitions can't be read: \(error)")
        }
        let served = documents.map(ServedKind.init(definition:))
        kinds = Dictionary(served.map { ($0.kind, $0) }) { first, _ in first }
    }

    var served: [ServedKind] { Array(kinds.values) }

    /// What a server says to an object of one of these kinds, with `fieldValidation=Strict`. Nothing: it takes it.
    package func complaints(about object: JSON) -> [String] {
        guard let kind = kinds[object["kind"]?.string ?? ""], let schema = kind.schemas[kind.storageVersion]
        else { return ["no such kind"] }
        let (known, unknown) = schema.pruned(object)
        return unknown.map { "unknown field \"\($0)\"" }
            + schema.faults(in: schema.filled(known), at: "").map(\.text)
    }

    /// What is against a schema in a value, beside what it does not know.
    package static func complaints(about value: JSON, schema: JSON) -> [String] {
        Schema(schema).faults(in: value, at: "").map(\.text)
    }

    /// A document as an API server gets it.
    package static func json(yaml text: String) throws -> [JSON] {
        try YAMLReader().read(Array(text.utf8), file: "yaml").filter { !$0.isEmpty }.map(\.root.json)
    }
}

extension Cluster {
    /// Serves these kinds from now on.
    package func install(_ definitions: Definitions) {
        definitions.served.forEach(install)
    }
}
