import Foundation
import Transport

/// What a cluster's controllers and kubelets do, as far as a rollout sees it: ReplicaSets get their pods, pods get
/// ready or fail, Services get their endpoints, Deployments their ReplicaSet, Jobs their end.
///
/// It acts on every change, at once and in a fixed order; only what is to take time takes it.
package struct PodKeeper: Sendable {
    /// What becomes of a pod.
    package enum Fate: Hashable, Sendable {
        case ready(after: Duration)
        case imagePullBackOff
        case crashLoopBackOff
        /// Nobody takes it.
        case pending
    }

    /// Of pods whose image is not in `fates`.
    package var fate: Fate
    /// By the image of the first container.
    package var fates: [String: Fate]
    /// How long a Job runs, if its own deadline lets it. It fails where its annotation `test/outcome` is `failure`.
    package var jobsTake: Duration

    /// When what happened, by uid: objects only know the second.
    var begun: [String: Date] = [:]
    var readySince: [String: Date] = [:]

    package init(fate: Fate = .ready(after: .zero), fates: [String: Fate] = [:], jobsTake: Duration = .zero) {
        self.fate = fate
        self.fates = fates
        self.jobsTake = jobsTake
    }

    /// Brings everything where it belongs now. Returns when there is more to do, if nothing else happens.
    mutating func reconcile(_ state: inout some ControlledObjects, at stamp: Stamp) -> Date? {
        for _ in 0..<Self.roundsMax {
            let before = state.revision
            let next = pass(&state, at: stamp)
            if state.revision == before { return next }
        }
        preconditionFailure("the controllers never agree; one of them writes without need")
    }

    /// Looks at everything once. Returns when there is more to do, if nothing else happens.
    mutating func pass(_ state: inout some ControlledObjects, at stamp: Stamp) -> Date? {
        var round = Round(stamp: stamp)
        settleDeployments(&state, &round)
        settleReplicaSets(&state, &round)
        settlePods(&state, &round)
        countReplicas(&state, &round)
        settleEndpoints(&state, &round)
        settleJobs(&state, &round)
        return round.next
    }

    private static let roundsMax = 100

    /// One pass over everything.
    struct Round {
        let stamp: Stamp
        /// When something will be due.
        var next: Date?

        mutating func wait(until date: Date) {
            next = next.map { min($0, date) } ?? date
        }
    }
}

extension PodKeeper {
    /// When something that began at a moment and takes a while is over; it is waited for where it isn't yet.
    func isOver(_ start: Date, _ duration: Duration, _ round: inout Round) -> Bool {
        let end = start.addingTimeInterval(duration / .seconds(1))
        guard end > round.stamp.date else { return true }
        round.wait(until: end)
        return false
    }

    /// Since when the keeper knows of an object.
    mutating func start(of object: JSON, _ round: Round) -> Date {
        let uid = object.uid
        if let date = begun[uid] { return date }
        begun[uid] = round.stamp.date
        return round.stamp.date
    }
}

extension JSON {
    var uid: String { self["metadata"]?["uid"]?.string ?? "" }
    var name: String { self["metadata"]?["name"]?.string ?? "" }
    var namespace: String { self["metadata"]?["namespace"]?.string ?? "" }

    func isControlled(by owner: JSON) -> Bool {
        self["metadata"]?["ownerReferences"]?.array?
            .contains { $0["uid"]?.string == owner.uid && $0["controller"] == true } ?? false
    }

    /// What a controller writes into what it makes.
    func reference(_ apiVersion: String, _ kind: String) -> JSON {
        [
            "apiVersion": JSON(apiVersion), "kind": JSON(kind), "name": JSON(name), "uid": JSON(uid),
            "controller": true, "blockOwnerDeletion": true,
        ]
    }
}
