import Kubernetes
import Transport

/// A Rollout as it was last seen, or as our own last write left it.
struct Sighting: Hashable, Sendable {
    let uid: String
    let version: String
    let generation: Int
    /// What its owner wants: all but the status and what the API server keeps.
    let content: JSON
    let status: JSON
    let finalizers: [String]
    /// Who wrote the object last, as far as the API server tells.
    let writer: String?
    /// What somebody else wrote into the status after us.
    let edit: StatusEdit?
    let isDeleting: Bool

    init(_ object: JSON) {
        let metadata = object["metadata"]
        uid = metadata["uid"]?.string ?? ""
        version = metadata["resourceVersion"]?.string ?? ""
        generation = metadata["generation"]?.integer ?? 0
        content = object.content
        status = object["status"] ?? [:]
        finalizers = (metadata["finalizers"]?.array ?? []).compactMap(\.string)
        writer = object.lastWriter
        edit = StatusEdit(object, after: ResourceWatcher.manager)
        isDeleting = metadata["deletionTimestamp"] != nil
    }

    /// Whether this is an echo of what is known already. The versions of one object are numbers that grow.
    func isNoNewer(than other: Sighting) -> Bool {
        guard uid == other.uid, let one = UInt64(version), let another = UInt64(other.version) else {
            return version == other.version && uid == other.uid
        }
        return one <= another
    }
}

extension JSON {
    /// What a reader of manifests looks at.
    var content: JSON {
        var content: JSON = [:]
        for key in ["apiVersion", "kind", "spec"] { content[key] = self[key] }
        for key in ["name", "namespace", "labels"] { content["metadata"][key] = self["metadata"][key] }
        return content
    }

    fileprivate var lastWriter: String? {
        let entries = self["metadata"]["managedFields"]?.array ?? []
        // Times of one form sort like texts.
        return entries.max { ($0["time"]?.string ?? "") < ($1["time"]?.string ?? "") }?["manager"]?.string
    }
}
