import Foundation
import Transport

extension PodKeeper {
    mutating func settlePods(_ state: inout some ControlledObjects, _ round: inout Round) {
        for pod in state.all(.pods) where !pod.isReady {
            let start = start(of: pod, round)
            let image = pod["spec"]?["containers"]?[0]?["image"]?.string ?? ""
            switch fates[image] ?? fate {
            case .pending: break
            case .imagePullBackOff: fail(pod, "ImagePullBackOff", "Back-off pulling image", &state, round)
            case .crashLoopBackOff:
                fail(pod, "CrashLoopBackOff", "back-off restarting failed container", &state, round)
            case .ready(let delay):
                guard isOver(start, delay, &round) else { continue }
                readySince[pod.uid] = round.stamp.date
                becomeReady(pod, &state, round)
            }
        }
    }

    private func becomeReady(_ pod: JSON, _ state: inout some ControlledObjects, _ round: Round) {
        let address = JSON("10.244.0.\(state.makeCount() % 250 + 1)")
        state.change(pod, .pods, .status, at: round.stamp) { object in
            object["status"] = [
                "phase": "Running", "podIP": address, "startTime": JSON(round.stamp.text),
                "conditions": conditions(isReady: true, round),
                "containerStatuses": containers(
                    of: pod, ["running": ["startedAt": JSON(round.stamp.text)]], isReady: true, restarts: 0),
            ]
        }
    }

    private func fail(
        _ pod: JSON, _ reason: String, _ message: String, _ state: inout some ControlledObjects,
        _ round: Round
    ) {
        guard pod["status"]?["containerStatuses"] == nil else { return }
        let hasCrashed = reason == "CrashLoopBackOff"
        state.change(pod, .pods, .status, at: round.stamp) { object in
            object["status"] = [
                "phase": JSON(hasCrashed ? "Running" : "Pending"),
                "conditions": conditions(isReady: false, round),
                "containerStatuses": containers(
                    of: pod, ["waiting": ["reason": JSON(reason), "message": JSON(message)]], isReady: false,
                    restarts: hasCrashed ? 3 : 0),
            ]
        }
    }

    private func conditions(isReady: Bool, _ round: Round) -> JSON {
        .array(
            ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map { type in
                let isTrue = isReady || type == "PodScheduled" || type == "Initialized"
                return [
                    "type": JSON(type), "status": JSON(isTrue ? "True" : "False"),
                    "lastTransitionTime": JSON(round.stamp.text),
                ]
            })
    }

    private func containers(of pod: JSON, _ state: JSON, isReady: Bool, restarts: Int) -> JSON {
        .array(
            (pod["spec"]?["containers"]?.array ?? []).map { container in
                [
                    "name": container["name"] ?? "", "image": container["image"] ?? "", "state": state,
                    "ready": .bool(isReady), "restartCount": JSON(restarts),
                ]
            })
    }
}

extension JSON {
    var isReady: Bool {
        self["status"]?["conditions"]?.array?
            .contains { $0["type"] == "Ready" && $0["status"] == "True" } ?? false
    }
}
