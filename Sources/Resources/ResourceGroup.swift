package import Kubernetes
import Manifests

/// The API groups whose resources are read.
package enum ResourceGroup: String, Hashable, Sendable, CaseIterable {
    case headgate = "headgate.dev"
    /// To take over from Argo Rollouts without rewriting anything.
    case argo = "argoproj.io"

    package var rollouts: ResourceKind { kind("Rollout", "rollouts") }
    package var templates: ResourceKind { kind("AnalysisTemplate", "analysistemplates") }
    /// Made here, and read for what people wish of them.
    package var analysisRuns: ResourceKind { kind("AnalysisRun", "analysisruns") }
    package var clusterTemplates: ResourceKind {
        kind("ClusterAnalysisTemplate", "clusteranalysistemplates", isNamespaced: false)
    }

    /// Of our own group only.
    static let freezes = ResourceKind("headgate.dev", "v1alpha1", "Freeze", plural: "freezes")

    private func kind(_ kind: String, _ plural: String, isNamespaced: Bool = true) -> ResourceKind {
        ResourceKind(rawValue, "v1alpha1", kind, plural: plural, isNamespaced: isNamespaced)
    }
}

/// Which resources are read.
package struct ResourceSettings: Hashable, Sendable {
    package var groups: [ResourceGroup]
    /// None: all.
    package var namespaces: [String]?
    /// Whether the pods are run here that Argo's documents speak of.
    package var runsPods: Bool

    package init(groups: [ResourceGroup] = [.headgate], namespaces: [String]? = nil, runsPods: Bool = false) {
        self.groups = groups
        self.namespaces = namespaces
        self.runsPods = runsPods
    }

    /// One watch each. Freezes hold the Rollouts of either group.
    var freezeQueries: [ObjectQuery] { namespaces.places.map { ObjectQuery(ResourceGroup.freezes, in: $0) } }

    /// Those of our own making, where there are tools that look for them. Nothing waits for what they tell.
    var runQueries: [ObjectQuery] {
        guard groups.contains(.argo) else { return [] }
        return namespaces.places.map {
            ObjectQuery(ResourceGroup.argo.analysisRuns, in: $0, labels: AnalysisRunDocument.selector)
        }
    }

    /// One watch each.
    var queries: [ObjectQuery] {
        groups.flatMap { group in
            let namespaced = [group.rollouts, group.templates].flatMap { kind in
                namespaces.places.map { ObjectQuery(kind, in: $0) }
            }
            return namespaced + [ObjectQuery(group.clusterTemplates, in: nil)]
        }
    }
}
