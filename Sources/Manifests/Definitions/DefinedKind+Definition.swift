extension DefinedKind {
    /// All kinds as CustomResourceDefinitions: what `headgate crds` prints.
    package static var definitions: String {
        let head = "# Written by `headgate crds` from the decoders of the manifests. Do not edit."
        return head + "\n" + allCases.map { "---\n\($0.definition.text)\n" }.joined()
    }

    /// The kind as a CustomResourceDefinition.
    package var definition: YAMLTree {
        [
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": ["name": .string("\(plural).\(Self.group)")],
            "spec": [
                "group": .string(Self.group),
                "names": [
                    "kind": .string(rawValue),
                    "listKind": .string(rawValue + "List"),
                    "plural": .string(plural),
                    "singular": .string(rawValue.lowercased()),
                    "shortNames": [.string(shortName)],
                    "categories": ["headgate"],
                ],
                "scope": isNamespaced ? "Namespaced" : "Cluster",
                "versions": [served],
            ],
        ]
    }

    private var served: YAMLTree {
        [
            "name": .string(Self.version),
            "served": true,
            "storage": true,
            "additionalPrinterColumns": .list(columns),
            "schema": ["openAPIV3Schema": schema],
            "subresources": subresources,
        ]
    }

    private var subresources: YAMLTree {
        guard self == .rollout else { return ["status": [:]] }
        return [
            "status": [:],
            // The paths of Argo Rollouts, so that an autoscaler is pointed from one to the other by its kind alone.
            "scale": [
                "specReplicasPath": ".spec.replicas",
                "statusReplicasPath": ".status.HPAReplicas",
                "labelSelectorPath": ".status.selector",
            ],
        ]
    }

    private var columns: [YAMLTree] {
        let age = column("Age", "date", ".metadata.creationTimestamp")
        switch self {
        case .rollout:
            return [
                column("Phase", "string", ".status.phase"),
                column("Step", "string", ".status.step"),
                column("Weight", "integer", ".status.canary.weights.canary.weight"),
                column("Release", "string", ".status.release"),
                column("Stable", "string", ".status.stableRS"),
                column("Message", "string", ".status.message", priority: 1), age,
            ]
        case .analysisTemplate, .clusterAnalysisTemplate: return [age]
        case .freeze:
            return [
                column("Reason", "string", ".spec.reason"), column("Owner", "string", ".spec.owner"), age,
            ]
        }
    }

    /// A priority above 0 is shown by `kubectl get -o wide` only.
    private func column(_ name: String, _ type: String, _ path: String, priority: Int = 0) -> YAMLTree {
        var column: YAMLTree = ["name": .string(name), "type": .string(type), "jsonPath": .string(path)]
        if priority > 0 { column["priority"] = .int(priority) }
        return column
    }
}
