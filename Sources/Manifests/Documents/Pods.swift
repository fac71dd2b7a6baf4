/// The fields of an Argo Rollout that are about pods: known, checked for what would be refused at the door of a
/// cluster, and not acted on.
enum Pods {
    private static let ofSpec = [
        "replicas", "selector", "template", "workloadRef", "minReadySeconds", "revisionHistoryLimit",
        "analysis",
    ]
    private static let ofStrategy = [
        "canary": [
            "maxSurge", "maxUnavailable", "antiAffinity", "canaryMetadata", "stableMetadata",
            "scaleDownDelayRevisionLimit", "minPodsPerReplicaSet", "replicaProgressThreshold",
        ],
        "blueGreen": [
            "activeMetadata", "antiAffinity", "maxUnavailable", "previewMetadata", "previewReplicaCount",
            "scaleDownDelayRevisionLimit",
        ],
    ]

    static func read(_ spec: inout Fields) {
        for key in ofSpec { _ = spec.field(key) }
        spec.refuseUnsupported(["restartAt": "pods are left to whoever deploys them"])
        spec.field("template", in: .argo)?.checkPodTemplate()
        warn(spec.field)
    }

    /// One warning for a document, at the first of these fields.
    private static func warn(_ spec: Field) {
        let strategy = spec.node["strategy"]
        let ofStrategy = ofStrategy.sorted { $0.key < $1.key }.flatMap { name, known in
            strategy?[name].map { present(known, in: $0) } ?? []
        }
        let keys = present(ofSpec, in: spec.node) + ofStrategy
        guard let first = keys.first else { return }
        let names = keys.map { "`\($0.text)`" }.joined(separator: ", ")
        spec.warn(
            at: first.mark,
            "pods are left to whoever deploys them: \(names) \(keys.count == 1 ? "is" : "are") read and not acted on"
        )
    }

    private static func present(_ known: [String], in node: YAMLNode) -> [YAMLKey] {
        (node.mapping ?? []).map(\.key).filter { known.contains($0.text) }
    }

    /// Makes the fields of a strategy known.
    static func ignore(_ fields: inout Fields, of strategy: String) {
        for key in ofStrategy[strategy] ?? [] { _ = fields.field(key) }
    }
}

extension Field {
    func checkPodTemplate() {
        for key in ["initContainers", "containers"] {
            child("spec")?.child(key)?.children.forEach { container in
                for kind in ["requests", "limits"] {
                    container.child("resources")?.child(kind)?.children.forEach { $0.checkQuantity() }
                }
            }
        }
    }

    private func checkQuantity() {
        guard let text = read(.stringOrNumber) else { return }
        if !Quantity.isValid(text) {
            refuse("\(quoted(text)) is no quantity; write it like 100m, 0.5, 64Mi or 1G")
        }
    }

    func child(_ key: String) -> Field? {
        node[key].map { Field($0, at: path.appending(key: key), diagnostics) }
    }

    /// The values of a mapping, or the items of a list; none of anything else.
    var children: [Field] {
        if node.sequence != nil { return items ?? [] }
        return (node.mapping ?? []).compactMap { child($0.key.text) }
    }
}
