import Transport

extension ClusterState {
    /// The pages that tell what the cluster serves; none for a path that is none of them.
    func discovery(of request: ClusterRequest) throws(Refusal) -> ClusterAnswer? {
        guard request.method == "GET" else { return nil }
        let path = request.path
        switch (path.first, path.count) {
        case ("healthz", 1), ("readyz", 1), ("livez", 1): return ClusterAnswer(200, .text("ok"))
        case ("version", 1): return ClusterAnswer(version)
        case ("api", 1): return ClusterAnswer(["kind": "APIVersions", "versions": ["v1"]])
        case ("api", 2): return resources(group: "", version: path[1])
        case ("apis", 1): return ClusterAnswer(groups)
        case ("apis", 2):
            return catalog.versions.first { $0.group == path[1] }.map { ClusterAnswer(page($0)) }
        case ("apis", 3): return resources(group: path[1], version: path[2])
        default: return nil
        }
    }

    private var version: JSON {
        [
            "major": "1", "minor": "36", "gitVersion": "v1.36.0", "gitCommit": "", "gitTreeState": "clean",
            "buildDate": "1970-01-01T00:00:00Z", "goVersion": "", "compiler": "", "platform": "linux/amd64",
        ]
    }

    private var groups: JSON {
        var list: JSON = ["kind": "APIGroupList", "apiVersion": "v1"]
        list["groups"] = .array(
            catalog.versions.map { group in
                var page = page(group)
                page["kind"] = nil
                page["apiVersion"] = nil
                return page
            })
        return list
    }

    private func page(_ group: (group: String, versions: [String], preferred: String)) -> JSON {
        func entry(_ version: String) -> JSON {
            ["groupVersion": JSON("\(group.group)/\(version)"), "version": JSON(version)]
        }
        return [
            "kind": "APIGroup", "apiVersion": "v1", "name": JSON(group.group),
            "versions": .array(group.versions.map(entry)), "preferredVersion": entry(group.preferred),
        ]
    }

    private func resources(group: String, version: String) -> ClusterAnswer? {
        let kinds = catalog.kinds.filter { $0.group == group && $0.schemas[version] != nil }
        guard !kinds.isEmpty else { return nil }
        return ClusterAnswer([
            "kind": "APIResourceList", "apiVersion": "v1",
            "groupVersion": JSON(group.isEmpty ? version : "\(group)/\(version)"),
            "resources": .array(kinds.sorted { $0.plural < $1.plural }.flatMap(resources)),
        ])
    }

    private func resources(of kind: ServedKind) -> [JSON] {
        let verbs = Verb.allCases.map(\.rawValue).sorted()
        let whole: JSON = [
            "name": JSON(kind.plural), "singularName": JSON(kind.kind.lowercased()),
            "namespaced": .bool(kind.isNamespaced), "kind": JSON(kind.kind), "verbs": JSON(verbs),
            "shortNames": JSON(kind.shortNames),
        ]
        let parts = kind.subresources.sorted { $0.rawValue < $1.rawValue }.map { subresource in
            let name = ["scale": "Scale", "eviction": "Eviction"][subresource.rawValue] ?? kind.kind
            let verbs = subresource == .eviction ? ["create"] : ["get", "patch", "update"]
            return [
                "name": JSON("\(kind.plural)/\(subresource.rawValue)"), "singularName": "",
                "namespaced": .bool(kind.isNamespaced), "kind": JSON(name), "verbs": JSON(verbs),
            ] as JSON
        }
        return [whole] + parts
    }
}
