import Kubernetes
import Transport

/// A kind as the double serves it.
struct ServedKind: Sendable {
    let group: String
    let kind: String
    let plural: String
    let shortNames: [String]
    let isNamespaced: Bool
    /// In which version objects are kept; they are handed out in the one that is asked for.
    let storageVersion: String
    let schemas: [String: Schema]
    let subresources: Set<Subresource>
    let scale: ScalePaths?
    let traits: Traits

    struct Traits: OptionSet, Sendable {
        let rawValue: Int
        /// Defined by a CustomResourceDefinition.
        static let isCustom = Traits(rawValue: 1)
        /// Its changes are numbered in `metadata.generation`.
        static let countsGenerations = Traits(rawValue: 2)
        /// A replace of what is not there creates it.
        static let createsOnReplace = Traits(rawValue: 4)
        /// A replace needs no resourceVersion.
        static let replacesUnconditionally = Traits(rawValue: 8)
        /// A delete answers with the object, where others answer with a Status.
        static let returnsDeleted = Traits(rawValue: 16)
        /// Its annotations count as changes too.
        static let countsAnnotations = Traits(rawValue: 32)
    }

    var isCustom: Bool { traits.contains(.isCustom) }

    /// As errors name it: `virtualservices.networking.istio.io`, `services`
    var qualifiedPlural: String { group.isEmpty ? plural : "\(plural).\(group)" }
    var qualifiedKind: String { group.isEmpty ? kind : "\(kind).\(group)" }

    func apiVersion(_ version: String) -> String { group.isEmpty ? version : "\(group)/\(version)" }

    var id: KindID { KindID(group: group, plural: plural) }
}

/// Which kind, whatever the version.
struct KindID: Hashable, Sendable {
    let group: String
    let plural: String
}

enum Subresource: String, Hashable, Sendable {
    case status
    case scale
    case eviction
}

/// Where a kind keeps what its scale says.
struct ScalePaths: Hashable, Sendable {
    let specReplicas: [String]
    let statusReplicas: [String]
    /// To the selector as a text, or to a label selector.
    let selector: [String]?
}

extension JSON {
    subscript(path path: some Collection<String>) -> JSON? {
        get { path.reduce(self) { $0?[$1] } }
        set {
            guard let first = path.first else { return self = newValue ?? .null }
            if path.count == 1 { return self[first] = newValue }
            var below = self[first] ?? [:]
            below[path: path.dropFirst()] = newValue
            self[first] = below
        }
    }
}
