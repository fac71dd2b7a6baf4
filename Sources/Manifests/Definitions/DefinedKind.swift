/// A kind of ours as an API server is told of it.
package enum DefinedKind: String, CaseIterable, Sendable {
    case rollout = "Rollout"
    case analysisTemplate = "AnalysisTemplate"
    case clusterAnalysisTemplate = "ClusterAnalysisTemplate"
    case freeze = "Freeze"

    static let group = "headgate.dev"
    static let version = "v1alpha1"

    var plural: String { rawValue.lowercased() + "s" }
    var isNamespaced: Bool { self != .clusterAnalysisTemplate }

    /// Not Argo's `ro`, `at` and `cat`: where both are installed, an API server gives a short name to whoever came
    /// first, and `kubectl get ro` would change its meaning from one cluster to the next.
    var shortName: String {
        switch self {
        case .rollout: "hro"
        case .analysisTemplate: "hat"
        case .clusterAnalysisTemplate: "hcat"
        case .freeze: "hfz"
        }
    }
}

extension DefinedKind {
    /// What the decoder of this kind takes. Pods are spoken of: whether they are run is the server's affair.
    package var sketch: Sketch {
        let sketch = Sketch()
        sketch.eachAlternative {
            guard var document = Fields(Field(sketching: sketch)) else { return }
            read(&document)
        }
        return sketch
    }

    private func read(_ document: inout Fields) {
        switch self {
        case .rollout:
            _ = RolloutDocument.read(&document, .headgate, isFileWhole: true, runsPods: true)
        case .analysisTemplate:
            _ = TemplateDocument.read(&document, .headgate, .ordinary, isFileWhole: true)
        case .clusterAnalysisTemplate:
            _ = TemplateDocument.read(&document, .headgate, .cluster, isFileWhole: true)
        case .freeze: _ = FreezeDocument.read(&document, isFileWhole: true)
        }
    }
}
