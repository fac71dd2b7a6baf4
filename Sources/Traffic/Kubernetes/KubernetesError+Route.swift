import Kubernetes
import Rollouts

extension RouteFailure {
    /// What an API server said, by what the engine can do about it; its words are kept.
    init(_ error: KubernetesError) {
        let advice =
            switch error.kind {
            case .ownedByOther(let manager, let fields):
                "; \(manager) owns \(fields.joined(separator: ", ")): leave that out of what it applies, or "
                    + "set `ownership: adopt`"
            case .stale: "; somebody keeps changing it"
            default: ""
            }
        self.init(error.isTransient || error.isAboutUs ? .unavailable : .rejected, error.message + advice)
    }
}

extension KubernetesError {
    /// The object is not at fault: who we are, what we may, or that we no longer wait.
    fileprivate var isAboutUs: Bool { [.unauthenticated, .forbidden, .cancelled].contains(kind) }
}
