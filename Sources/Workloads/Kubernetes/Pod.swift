package import Analysis
package import Transport

/// What is kept of a pod: there may be many thousands.
package struct Pod: Hashable, Sendable {
    package let name: String
    package let namespace: String
    package let filed: String
    /// The ReplicaSet that it belongs to.
    package let owner: String
    package let isReady: Bool
    package let isDeleting: Bool
    package let created: Moment
    package let trouble: PodTrouble?

    /// None for a pod that is not ours.
    package init?(_ json: JSON) {
        let owners = json["metadata"]["ownerReferences"]?.array ?? []
        guard let name = json["metadata"]["name"]?.string,
            let namespace = json["metadata"]["namespace"]?.string,
            let filed = json["metadata"]["labels"][Mark.rollout]?.string,
            let owner = owners.first(where: { $0["kind"]?.string == "ReplicaSet" })?["name"]?.string
        else { return nil }
        (self.name, self.namespace, self.filed, self.owner) = (name, namespace, filed, owner)
        isReady = json.condition("Ready")?["status"]?.string == "True"
        isDeleting = json["metadata"]["deletionTimestamp"] != nil
        created = json["metadata"]["creationTimestamp"]?.string.flatMap(Moment.init(rfc3339:)) ?? .long
        trouble = isReady || isDeleting ? nil : PodTrouble(json)
    }
}

extension Moment {
    /// Before every moment that matters.
    fileprivate static let long = Moment(microseconds: 0)
}

/// Why a pod does not get ready, where that will not pass by waiting.
package struct PodTrouble: Hashable, Sendable {
    /// None where no container is to blame.
    package let container: String?
    package let reason: String
    package let message: String?
    /// Counts from here on only: a scheduler may find, or make, room.
    package let notBefore: Moment?

    /// `container app: ImagePullBackOff: Back-off pulling image "web:2"`
    package var sentence: String {
        let place = container.map { "container \($0): " } ?? ""
        return place + reason + (message.map { ": \($0)" } ?? "")
    }
}

extension PodTrouble {
    /// How long a pod may wait for a place.
    static let schedulingGrace = Duration.seconds(30)

    init?(_ pod: JSON) {
        let statuses = ["initContainerStatuses", "containerStatuses"].flatMap {
            pod["status"][$0]?.array ?? []
        }
        if let trouble = statuses.lazy.compactMap(PodTrouble.init(status:)).first {
            self = trouble
        } else if let condition = pod.condition("PodScheduled"), condition["status"]?.string == "False" {
            self.init(unscheduled: condition)
        } else {
            return nil
        }
    }

    private init?(status: JSON) {
        container = status["name"]?.string ?? "?"
        notBefore = nil
        let last = status["lastState"]["terminated"]
        let waiting = status["state"]["waiting"]
        let ended = last ?? status["state"]["terminated"]
        if let waiting, let reason = waiting["reason"]?.string, hopeless.contains(reason) {
            self.reason = reason
            let ending = reason == "CrashLoopBackOff" ? ended?.ending : nil
            let words = [waiting["message"]?.string, ending].compactMap(\.self)
            message = words.isEmpty ? nil : words.joined(separator: "; ")
        } else if ended?["reason"]?.string == "OOMKilled", let restarts = status["restartCount"]?.integer,
            restarts > 0
        {
            reason = "OOMKilled"
            message = "restarted \(restarts) times; it needs more memory than its limit"
        } else {
            return nil
        }
    }

    private init(unscheduled condition: JSON) {
        container = nil
        reason = condition["reason"]?.string ?? "Unschedulable"
        message = condition["message"]?.string
        let since = condition["lastTransitionTime"]?.string.flatMap(Moment.init(rfc3339:))
        notBefore = since.map { $0 + Self.schedulingGrace }
    }
}

/// The reasons of waiting that say: somebody must change something.
private let hopeless: Set<String> = [
    "CrashLoopBackOff", "CreateContainerConfigError", "CreateContainerError", "ErrImageNeverPull",
    "ErrImagePull", "ImageInspectError", "ImagePullBackOff", "InvalidImageName", "RunContainerError",
]

extension JSON {
    fileprivate func condition(_ type: String) -> JSON? {
        self["status"]["conditions"]?.array?.first { $0["type"]?.string == type }
    }

    /// `last ended with OOMKilled, exit code 137`
    fileprivate var ending: String {
        let code = self["exitCode"]?.integer.map { ", exit code \($0)" } ?? ""
        return "last ended with \(self["reason"]?.string ?? "an error")\(code)"
    }
}
