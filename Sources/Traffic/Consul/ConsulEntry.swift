import Kubernetes
import Rollouts
import Transport

/// A config entry as it was read; one that is not there has no document, and the index 0.
struct ConsulEntry: Hashable, Sendable {
    let name: EntryName
    let document: JSON?
    /// Consul's number of the last change: a write that names it comes to nothing when there was a later one.
    let index: Int
    /// The custom resource that it was read from, as the API server gave it.
    let resource: JSON?

    init(_ name: EntryName, _ document: JSON?) {
        self.name = name
        self.document = document
        index = document?["ModifyIndex"]?.integer ?? 0
        resource = nil
    }

    /// What consul-k8s would make of a custom resource.
    init(_ name: EntryName, of resource: JSON?) {
        self.name = name
        document = resource.map { name.entry(of: $0) }
        index = 0
        self.resource = resource
    }

    var meta: [String: String] { (document?["Meta"]?.object ?? [:]).compactMapValues(\.string) }

    func mark(of rollout: RolloutName) -> ObjectMark? {
        ObjectMark(of: rollout, on: marks)
    }

    /// Its marks where the fence looks for them.
    var marks: JSON { ["metadata": ["annotations": JSON(MetaPieces.joined(meta))]] }

    /// Whether consul-k8s made it from a custom resource, and would write over what we write.
    var isOfKubernetes: Bool {
        !name.isResource
            && (meta["external-source"] == "kubernetes"
                || meta["consul.hashicorp.com/source-datacenter"] != nil)
    }

    /// Whether consul-k8s has still to make it.
    var isUnmade: Bool { resource != nil && SyncStatus(self).objection != nil }

    /// `index 27`, `resourceVersion 4711`
    var version: String {
        name.isResource ? "resourceVersion \(resource?.resourceVersion ?? "none")" : "index \(index)"
    }

    /// What is in it beside Consul's own numbers.
    var content: JSON { document.map(Self.content) ?? .null }

    /// Newer Consuls reckon a hash of what they were given, which is another one after each write.
    static func content(of document: JSON) -> JSON {
        var content = document
        for key in ["CreateIndex", "ModifyIndex", "Hash"] { content[key] = nil }
        return content
    }
}

extension ConsulEntry {
    /// Which fields are not as they are wanted, in the words of whoever keeps them, and who wrote there last where that
    /// is known; none where all are.
    func flaw(beside wanted: JSON) -> String? {
        let words =
            resource.map { edits(from: $0["spec"] ?? [:], to: name.spec(of: wanted)).map(\.words) }
            ?? edits(from: content, to: wanted).map { $0.words(below: "") }
        guard !words.isEmpty else { return nil }
        let more = words.count > 4 ? ", and \(words.count - 4) more" : ""
        let owner = resource?.owner(of: name.kind.splitPath).map { " (last written by \($0))" } ?? ""
        return "\(name) was edited: " + words.prefix(4).joined(separator: ", ") + more + owner
    }
}

/// What one entry is to become.
struct EntryWrite: Hashable, Sendable {
    /// As it was read; it must be like that still.
    let entry: ConsulEntry
    let document: JSON
    /// Whether the proxies need time before anything is built on it.
    var settles = false

    var name: EntryName { entry.name }
    var index: Int { entry.index }

    /// None where the entry says this already.
    init?(_ entry: ConsulEntry, _ content: JSON) {
        guard !content.means(entry.content) else { return nil }
        (self.entry, document) = (entry, content)
    }
}
