import Analysis
import Manifests
import Rollouts
import Server
import Transport

/// The `status` of a Rollout: for `kubectl get` and `kubectl wait`, for Argo CD's health check, and by the fields that
/// Argo Rollouts' own tools read.
///
/// It changes when the rollout gets somewhere, not with every measurement: a quiet cluster is not written to.
struct StatusDocument {
    private let group: ResourceGroup
    private let rollout: Rollout
    private let status: RolloutStatus
    /// Of the object's spec that is in force.
    private let generation: Int
    /// Why the newest spec is not in force; none when it is.
    private let refusal: String?
    /// The status that the object bears now.
    private let former: JSON

    init(
        _ rollout: Rollout, _ group: ResourceGroup, generation: Int, refusal: String?, former: JSON,
        at now: Moment
    ) {
        self.group = group
        self.rollout = rollout
        self.generation = generation
        self.refusal = refusal
        self.former = former
        status = RolloutStatus(rollout, at: now)
    }

    var json: JSON {
        var json: JSON = [:]
        // Argo's is a text.
        json["observedGeneration"] = group == .argo ? .string("\(generation)") : JSON(generation)
        json["phase"] = JSON(phase)
        json["message"] = message.isEmpty ? nil : JSON(message)
        json["stableRS"] = status.stable.map { JSON($0.release) }
        json["currentPodHash"] = leading.map { JSON($0) }
        json["currentStepIndex"] = stepIndex.map { JSON($0) }
        json["selector"] = selector.map { JSON($0) }
        json["conditions"] = .array(conditions)
        addAbort(to: &json)
        addPause(to: &json)
        addInstances(to: &json)
        json["canary"] = weights.map { ["weights": $0] } ?? [:]
        if group == .headgate { addOwn(to: &json) }
        return json
    }
}

// MARK: - Phase and message

extension StatusDocument {
    /// Argo has no word for a rollout without a release.
    var phase: String {
        if refusal != nil { return PhaseWord.degraded.rawValue }
        guard group == .argo else { return status.phase.rawValue }
        // What somebody paused is paused there, whatever it does.
        if rollout.declaration?.isPaused == true, status.failure == nil { return PhaseWord.paused.rawValue }
        return status.phase == .pending ? PhaseWord.progressing.rawValue : status.phase.rawValue
    }

    /// What changes from second to second does not belong here.
    private var message: String {
        if let refusal { return "InvalidSpec: \(refusal)" }
        if let failure = status.failure {
            return "RolloutAborted: \(failure.release) was taken back: \(failure.reason)"
        }
        switch status.phase {
        case .healthy: return status.isWithdrawn ? status.message : ""
        case .paused: return pauseMessage
        case .progressing, .pending, .degraded: return progressMessage
        }
    }

    private var pauseMessage: String {
        if case .asking(let reason)? = rollout.flight?.stage { return reason }
        return status.hold?.message ?? status.step.map { "at step \($0.number) of \($0.count): \($0.text)" }
            ?? ""
    }

    private var progressMessage: String {
        if let hold = status.hold { return hold.message }
        if let trouble = status.instances?.lastFailure { return trouble }
        if let trouble = status.routing?.lastFailure { return trouble }
        return status.step.map { "at step \(min($0.number, $0.count)) of \($0.count): \($0.text)" }
            ?? status.message
    }
}

// MARK: - Releases and steps

extension StatusDocument {
    /// The release that the newest spec asks for, as far as it was started.
    private var leading: String? {
        status.canary?.release ?? status.failure?.release ?? status.stable?.release
    }

    /// Argo's index counts the steps that are passed; of a release that was taken back it is zero.
    private var stepIndex: Int? {
        if let flight = rollout.flight { return min(flight.step, flight.plan.steps.count) }
        guard let count = rollout.declaration?.plan.steps.count, count > 0 else { return nil }
        return status.failure == nil ? count : 0
    }

    private func addAbort(to json: inout JSON) {
        guard let failure = status.failure else { return }
        json["abort"] = true
        json["abortedAt"] = JSON(inSeconds(failure.at))
    }

    /// Tools take a pause condition for "a person may go on from here".
    private func addPause(to json: inout JSON) {
        guard let reason = pauseReason, let flight = rollout.flight else { return }
        json["controllerPause"] = true
        json["pauseConditions"] = [
            ["reason": JSON(reason), "startTime": JSON(inSeconds(flight.stageSince.description))]
        ]
    }

    private var pauseReason: String? {
        switch rollout.flight?.stage {
        case .asking: "InconclusiveAnalysisRun"
        case .pausing, .paused: "CanaryPauseStep"
        default: nil
        }
    }
}

// MARK: - Traffic and instances

extension StatusDocument {
    private var weights: JSON? {
        // Argo's kind has both or none, and an API server refuses a status with one of them.
        guard let routing = rollout.routing, group != .argo || rollout.stable != nil else { return nil }
        var weights: JSON = [:]
        if let stable = rollout.stable {
            weights["stable"] = destination(stable, routing.route.weight(of: stable.place))
        }
        if let flight = rollout.flight {
            weights["canary"] = destination(flight.release, routing.route.weight(of: flight.release.place))
        } else {
            weights["canary"] = ["weight": 0]
        }
        weights["verified"] = .bool(routing.isApplied)
        return weights
    }

    /// Whole percents, as Argo has them; our own kind says the exact share beside them.
    private func destination(_ release: Release, _ weight: Weight) -> JSON {
        [
            "weight": JSON(Int(weight.percent.rounded())), "podTemplateHash": JSON(release.name),
            "serviceName": JSON(rollout.backend(of: release.place)),
        ]
    }

    private func addInstances(to json: inout JSON) {
        guard let scaling = rollout.scaling else { return }
        let all = scaling.sizes.values.reduce(0, +)
        let updated = leading.flatMap { scaling.sizes[$0] } ?? 0
        json["replicas"] = JSON(all)
        json["HPAReplicas"] = JSON(carrying(scaling.sizes) ?? all)
        json["updatedReplicas"] = JSON(updated)
        if scaling.isReady {
            json["readyReplicas"] = JSON(all)
            json["availableReplicas"] = JSON(all)
        }
    }

    /// What an autoscaler divides the load by. Where a mesh moves the traffic, the stable release has all its instances
    /// beside those of the next, which would count twice.
    private func carrying(_ sizes: [String: Int]) -> Int? {
        guard rollout.declaration?.workload?.division == nil else { return nil }
        return (rollout.stable?.name ?? leading).flatMap { sizes[$0] }
    }

    /// For an autoscaler: the pods of all releases.
    private var selector: String? {
        guard let text = rollout.declaration?.workload?.settings["kubernetes"],
            let labels = (try? JSON(parsing: text))?["selector"]?.object
        else { return nil }
        return labels.sorted { $0.key < $1.key }.map { "\($0)=\($1.string ?? "")" }.joined(separator: ",")
    }

    private func addOwn(to json: inout JSON) {
        json["release"] = leading.map { JSON($0) }
        json["share"] = rollout.flight.map { JSON("\($0.weight)") }
        json["step"] = status.step.map { JSON("\(min($0.number, $0.count))/\($0.count)") }
        json["evidence"] = status.routing?.evidence.map { JSON($0) }
        json["queued"] = status.queued.map { JSON($0.release) }
    }
}

// MARK: - Conditions

extension StatusDocument {
    private var conditions: [JSON] {
        let isHealthy = phase == PhaseWord.healthy.rawValue
        let isArrived = rollout.flight == nil && status.failure == nil && rollout.stable != nil
        var all = [
            condition("Available", rollout.routing?.isApplied == true, "TrafficApplied", "TrafficPending"),
            progressing,
            condition("Paused", phase == PhaseWord.paused.rawValue, "RolloutPaused", "RolloutNotPaused"),
            condition("Healthy", isHealthy, "RolloutHealthy", "RolloutNotHealthy"),
            condition("Completed", isArrived, "RolloutCompleted", "RolloutNotCompleted"),
        ]
        if let refusal { all.append(condition("InvalidSpec", true, "InvalidSpec", "", refusal)) }
        return all
    }

    private var progressing: JSON {
        if status.failure != nil {
            return condition("Progressing", false, "", "RolloutAborted", message)
        }
        switch PhaseWord(rawValue: phase) {
        case .healthy: return condition("Progressing", true, "NewReplicaSetAvailable", "")
        case .paused: return condition("Progressing", false, "", "RolloutPaused", message)
        default: return condition("Progressing", true, "ReplicaSetUpdated", "", message)
        }
    }

    /// A condition that says what it said before keeps its time.
    private func condition(
        _ type: String, _ holds: Bool, _ reason: String, _ otherwise: String, _ message: String = ""
    ) -> JSON {
        let status = JSON(holds ? "True" : "False")
        let before = (former["conditions"]?.array ?? []).first { $0["type"]?.string == type }
        let now = JSON(inSeconds(rollout.lastEventAt.description))
        let kept = before?["status"] == status ? before?["lastTransitionTime"] : nil
        var json: JSON = [
            "type": JSON(type), "status": status, "reason": JSON(holds ? reason : otherwise),
            "message": JSON(message), "lastTransitionTime": kept ?? now,
        ]
        let isSame =
            before?["status"] == status && before?["message"] == json["message"]
            && before?["reason"] == json["reason"]
        json["lastUpdateTime"] = isSame ? before?["lastUpdateTime"] ?? now : now
        return json
    }
}

/// Kubernetes' times have no fractions: `2026-11-25T14:00:00Z`
func inSeconds(_ text: String) -> String {
    guard let dot = text.firstIndex(of: ".") else { return text }
    return text[..<dot] + "Z"
}
