import Kubernetes
import Rollouts

extension WorkloadFailure {
    /// What an API server said, by what the engine can do about it; its words are kept.
    init(_ error: KubernetesError) {
        let kind: Kind =
            switch error.kind {
            case .stale, .expired, .unavailable, .cancelled, .unauthenticated, .exists: .unavailable
            case .ownedByOther: .foreign
            case .missing, .invalid, .unsupported, .forbidden: .rejected
            }
        self.init(kind, error.message)
    }
}
