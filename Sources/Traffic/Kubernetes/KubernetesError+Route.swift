import Kubernetes
import Rollouts

extension RouteFailure {
    /// What an API server said, by what the engine can do about it; its words are kept.
    init(_ error: KubernetesError) {
        let advice =
            switch error.kind {
            case .ownedByOther(let managers, let fields): "; " + Self.handover(managers, fields)
            case .stale: "; somebody keeps changing it"
            default: ""
            }
        self.init(error.isTransient || error.isAboutUs ? .unavailable : .rejected, error.message + advice)
    }

    private static func handover(_ managers: [String], _ fields: [String]) -> String {
        let (who, what) = (managers.joined(separator: " and "), fields.joined(separator: ", "))
        let wish =
            managers.count == 1
            ? "\(who) owns \(what): leave that out of what it applies"
            : "\(who) own \(what): leave that out of what they apply"
        return wish + ", or set `ownership: adopt`"
    }
}

extension KubernetesError {
    /// The object is not at fault: who we are, what we may, or that we no longer wait.
    fileprivate var isAboutUs: Bool { [.unauthenticated, .forbidden, .cancelled].contains(kind) }
}
