import Rollouts
import Transport

/// A config entry as it was read; one that is not there has no document, and the index 0.
struct ConsulEntry: Hashable, Sendable {
    let name: EntryName
    let document: JSON?
    /// Consul's number of the last change: a write that names it comes to nothing when there was a later one.
    let index: Int

    init(_ name: EntryName, _ document: JSON?) {
        self.name = name
        self.document = document
        index = document?["ModifyIndex"]?.integer ?? 0
    }

    var meta: [String: String] { (document?["Meta"]?.object ?? [:]).compactMapValues(\.string) }

    func mark(of rollout: RolloutName) -> ObjectMark? {
        ObjectMark(of: rollout, on: marks)
    }

    /// Its marks where the fence looks for them.
    var marks: JSON { ["metadata": ["annotations": JSON(MetaPieces.joined(meta))]] }

    /// Whether consul-k8s made it from a custom resource, and would write over what we write.
    var isOfKubernetes: Bool { meta["external-source"] == "kubernetes" }

    /// What is in it beside Consul's own numbers.
    var content: JSON { document.map(Self.content) ?? .null }

    static func content(of document: JSON) -> JSON {
        var content = document
        content["CreateIndex"] = nil
        content["ModifyIndex"] = nil
        return content
    }
}

/// What one entry is to become.
struct EntryWrite: Hashable, Sendable {
    let name: EntryName
    let document: JSON
    /// The index that it must have still.
    let index: Int
    /// Whether the proxies need time before anything is built on it.
    var settles = false

    /// None where the entry says this already.
    init?(_ entry: ConsulEntry, _ content: JSON) {
        guard !content.means(entry.content) else { return nil }
        (name, document, index) = (entry.name, content, entry.index)
    }
}
