import Kubernetes
import Transport

/// An Event about a Rollout: what `kubectl describe` shows. Pure.
struct Announcement: Hashable, Sendable {
    let reason: String
    let message: String
    var isWarning = false

    /// What is new in a status.
    static func read(from before: JSON, to after: JSON) -> [Announcement] {
        var news: [Announcement] = []
        let release = after["currentPodHash"]?.string ?? ""
        if let refusal = after.refusal, refusal != before.refusal {
            news.append(Announcement(reason: "InvalidSpec", message: refusal, isWarning: true))
        }
        if after["abort"] != nil, before["abort"] == nil {
            let message = after["message"]?.string ?? release
            return news + [Announcement(reason: "RolloutAborted", message: message, isWarning: true)]
        }
        if let stable = after["stableRS"]?.string, stable != before["stableRS"]?.string {
            return news + [
                Announcement(reason: "RolloutCompleted", message: "\(stable) is the stable release")
            ]
        }
        if !release.isEmpty, release != before["currentPodHash"]?.string {
            news.append(Announcement(reason: "RolloutStarted", message: "\(release) is on its way up"))
        } else if after.isOnItsWay, after["currentStepIndex"] != before["currentStepIndex"],
            let step = after["currentStepIndex"]?.integer
        {
            news.append(
                Announcement(reason: "RolloutStepCompleted", message: "\(release) has passed step \(step)"))
        }
        if after.isPaused, !before.isPaused {
            let message = after["message"]?.string ?? "waiting for a person"
            news.append(Announcement(reason: "RolloutPaused", message: message))
        }
        return news
    }

    /// The same news twice is one object, and the second write of it is refused by the API server.
    func event(about key: RolloutKey, _ sighting: Sighting, at time: String) -> JSON {
        event(
            about: [
                "apiVersion": JSON(key.reference.kind.apiVersion), "kind": "Rollout", "name": JSON(key.name),
                "namespace": JSON(key.namespace), "uid": JSON(sighting.uid),
            ], named: "\(key.name.prefix(200)).\(sighting.version)", at: time)
    }

    /// - Parameter stem: the beginning of its name, which is its object's and a version's.
    func event(about object: JSON, named stem: String, at time: String) -> JSON {
        [
            "apiVersion": "v1", "kind": "Event",
            "metadata": [
                "name": JSON("\(stem).\(reason.lowercased())"), "namespace": object["namespace"] ?? "default",
            ],
            "involvedObject": object,
            "reason": JSON(reason), "message": JSON(String(message.prefix(1_024))),
            "type": isWarning ? "Warning" : "Normal", "source": ["component": "headgate"],
            "firstTimestamp": JSON(time), "lastTimestamp": JSON(time), "count": 1,
        ]
    }
}

extension JSON {
    fileprivate var refusal: String? {
        (self["conditions"]?.array ?? []).first { $0["type"]?.string == "InvalidSpec" }?["message"]?.string
    }

    fileprivate var isOnItsWay: Bool { self["currentPodHash"] != self["stableRS"] && self["abort"] == nil }

    fileprivate var isPaused: Bool { self["pauseConditions"]?.array?.isEmpty == false }
}
