package import Kubernetes
import Transport

/// What goes wrong with the next requests of a kind.
package struct ClusterFault: Sendable {
    package enum Mishap: Sendable {
        /// 409, as if somebody else had been faster.
        case conflict
        /// 429, from the server's own limits.
        case throttled(retryAfterSeconds: Int)
        /// 500
        case inner
        /// 503
        case unavailable
        /// Nothing comes, for as long as the cluster runs.
        case hang
        /// Carried out at once, answered late.
        case late(Duration)
        /// The connection is closed, and nothing was carried out.
        case broken
        /// It is carried out, and the connection closed before the answer.
        case answerLost
    }

    package let mishap: Mishap
    /// None: of all verbs.
    package let verbs: Set<Verb>?
    /// As it stands in paths; none: of all kinds.
    package let plural: String?
    package let name: String?
    package var times: Int

    package init(
        _ mishap: Mishap, verbs: Set<Verb>? = nil, _ kind: ResourceKind? = nil, named name: String? = nil,
        times: Int = 1
    ) {
        self.mishap = mishap
        self.verbs = verbs
        plural = kind?.plural
        self.name = name
        self.times = times
    }

    fileprivate func strikes(_ verb: Verb, _ target: Target) -> Bool {
        times > 0 && (verbs?.contains(verb) ?? true) && (plural == nil || plural == target.kind.plural)
            && (name == nil || name == target.name)
    }
}

extension ClusterState {
    /// The mishap that this request meets; it is used up by that.
    mutating func takeMishap(of request: ClusterRequest) -> (ClusterFault.Mishap, Target)? {
        guard let target = try? Target.find(request.path, in: catalog),
            let verb = try? target.verb(of: request),
            let index = faults.firstIndex(where: { $0.strikes(verb, target) })
        else { return nil }
        faults[index].times -= 1
        return (faults[index].mishap, target)
    }
}

extension ClusterFault.Mishap {
    /// What is answered instead; none where nothing is, or the true answer is.
    func answer(_ target: Target) -> ClusterAnswer? {
        switch self {
        case .conflict: return Refusal.conflict(target.kind, target.name ?? "").answer
        case .throttled(let seconds):
            var answer = ClusterAnswer(429, .text("Too many requests, please try again later.\n"))
            answer.retryAfter = seconds
            return answer
        case .inner:
            let message = "Internal error occurred: the store is out of order"
            return Refusal(code: 500, reason: "InternalError", message: message).answer
        case .unavailable:
            return Refusal(
                code: 503, reason: "ServiceUnavailable",
                message: "the server is currently unable to handle the request"
            ).answer
        case .hang, .late, .broken, .answerLost: return nil
        }
    }
}
