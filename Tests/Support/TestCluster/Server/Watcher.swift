import Transport

/// One watch: what it wants to be told, and where it listens.
struct Watcher: Sendable {
    let terms: WatchTerms
    let continuation: AsyncStream<JSON>.Continuation

    /// Tells what is there, or what has changed since. False where the changes are not known any more.
    func begin(_ state: ClusterState) -> Bool {
        let storage = state.storage
        let kind = terms.target.kind.id
        guard let start = terms.start else {
            for (_, object) in storage.all(kind) where terms.selection.contains(object) {
                send("ADDED", object)
            }
            if terms.marksInitialEnd { mark(storage.revision, endsInitial: true) }
            return true
        }
        guard start >= storage.oldestRevision else {
            fail(.tooOld(start, oldest: storage.oldestRevision))
            return false
        }
        tell(storage.changes(of: kind, after: start))
        return true
    }

    func tell(_ changes: [Change]) {
        for change in changes where change.key.kind == terms.target.kind.id { tell(change) }
    }

    /// To leave the selection is to be deleted, to enter it to be added.
    private func tell(_ change: Change) {
        let before = selected(change.old)
        let after = selected(change.new)
        switch (before, after) {
        case (nil, let after?): send("ADDED", after)
        case (_?, let after?): send("MODIFIED", after)
        case (var before?, nil):
            before["metadata"]?["resourceVersion"] = JSON(String(change.revision))
            send("DELETED", before)
        case (nil, nil): break
        }
    }

    private func selected(_ object: JSON?) -> JSON? {
        guard let object, terms.selection.contains(object) else { return nil }
        return object
    }

    func fail(_ refusal: Refusal) {
        continuation.yield(["type": "ERROR", "object": refusal.status])
        continuation.finish()
    }

    func mark(_ revision: Int, endsInitial: Bool = false) {
        guard terms.sendsBookmarks else { return }
        var metadata: JSON = ["resourceVersion": JSON(String(revision)), "creationTimestamp": .null]
        if endsInitial { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        send("BOOKMARK", ["metadata": metadata])
    }

    private func send(_ type: String, _ object: JSON) {
        continuation.yield(["type": JSON(type), "object": terms.target.shown(object)])
    }
}
