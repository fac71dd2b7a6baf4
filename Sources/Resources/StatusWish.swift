import Rollouts
import Transport

/// What somebody wishes who edits a Rollout's status, as `kubectl argo rollouts` does. Pure.
enum StatusWish {
    /// None where the change says nothing.
    static func read(from before: JSON, to after: JSON) -> Command? {
        if after.isAborted != before.isAborted { return after.isAborted ? .abort(why: nil) : .retry }
        if after["promoteFull"]?.bool == true, before["promoteFull"]?.bool != true {
            return .promoteFully(arm: nil)
        }
        guard let step = before["currentStepIndex"]?.integer else { return nil }
        let isReleased = before.isPaused && !after.isPaused
        let isSkipped = after["currentStepIndex"]?.integer == step + 1
        return isReleased || isSkipped ? .promote(from: step) : nil
    }

    /// The same, where only these fields are known to be somebody's edit, and only about the release that is meant.
    static func read(from before: JSON, to after: JSON, onlyIn fields: Set<String>) -> Command? {
        guard after["currentPodHash"] == before["currentPodHash"] else { return nil }
        let believed = fields.reduce(into: before) { believed, field in believed[field] = after[field] }
        return read(from: before, to: believed)
    }
}

extension JSON {
    fileprivate var isAborted: Bool { self["abort"]?.bool == true }
    fileprivate var isPaused: Bool { self["pauseConditions"]?.array?.isEmpty == false }
}
