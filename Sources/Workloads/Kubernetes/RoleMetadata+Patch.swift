import Transport

extension RoleMetadata {
    /// What the mark on a ReplicaSet says; empty where there is nothing.
    var text: String { isEmpty ? "" : json.text }

    var json: JSON { ["labels": JSON(labels), "annotations": JSON(annotations)] }

    init(parsing text: String) {
        let json = try? JSON(parsing: text)
        labels = json?["labels"]?.object?.compactMapValues(\.string) ?? [:]
        annotations = json?["annotations"]?.object?.compactMapValues(\.string) ?? [:]
    }

    /// A merge patch of an object's `metadata`: what was there for another role goes.
    func patch(replacing former: RoleMetadata) -> JSON {
        [
            "labels": merge(labels, over: former.labels),
            "annotations": merge(annotations, over: former.annotations),
        ]
    }

    /// Whether an object has all of it, and nothing else of another role's.
    func isWorn(by object: JSON, insteadOf former: RoleMetadata) -> Bool {
        [("labels", labels, former.labels), ("annotations", annotations, former.annotations)]
            .allSatisfy { key, new, old in
                let worn = object["metadata"][key]?.object ?? [:]
                return new.allSatisfy { worn[$0.key] == .string($0.value) }
                    && old.keys.allSatisfy { new[$0] != nil || worn[$0] == nil }
            }
    }
}

private func merge(_ new: [String: String], over old: [String: String]) -> JSON {
    let gone = Dictionary(uniqueKeysWithValues: old.keys.map { ($0, JSON.null) })
    return .object(gone.merging(new.mapValues(JSON.string)) { $1 })
}
