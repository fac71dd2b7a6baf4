import Engine
import Rollouts
import Transport

/// Whether an object may be written by us, for this rollout, now.
struct Fence: Sendable {
    let write: RouteWrite
    /// Ours; none where there is no election.
    let epoch: Int?
    /// What holds the marks, where that is not the annotations of an object.
    var home = "the annotation"

    /// Throws `foreign` or `fenced`. An object that is not what its mark says was edited by somebody: it
    /// gives way to the same event too, while an intact one gives way only to a write that knows of it.
    func check(
        _ object: JSON, _ name: String, backends: [String], isIntact: (ObjectMark) -> Bool
    ) throws(RouteFailure) {
        try check(Set(backends), against: ObjectMark.others(than: write.rollout, on: object), name)
        guard let mark = ObjectMark(of: write.rollout, on: object) else { return }
        try check(owner: mark, name)
        let isSame = mark.route == write.route
        let isKept = isIntact(mark)
        guard mark.since <= (isKept && !isSame ? write.previous : write.since) else {
            throw RouteFailure(
                .fenced, "\(name) bears event \(mark.since), which is no earlier one than \(write.since)",
                bears: mark.since, isSameRoute: isKept && isSame)
        }
    }

    private func check(owner mark: ObjectMark, _ name: String) throws(RouteFailure) {
        guard mark.journal == write.journal else {
            throw RouteFailure(
                .foreign,
                "\(name) bears the mark of journal \(mark.journal); stop the controller that keeps it, or "
                    + "remove \(home) \(ObjectMark.key(of: write.rollout)) to let this one take over")
        }
        guard let borne = mark.epoch, let epoch, borne > epoch else { return }
        throw RouteFailure(
            .fenced, "\(name) was written by a later leader (epoch \(borne), and this one is of \(epoch))",
            bears: mark.since)
    }

    private func check(
        _ ours: Set<String>, against others: [ObjectMark], _ name: String
    ) throws(RouteFailure) {
        guard let other = others.first(where: { !ours.isDisjoint(with: $0.backends) }) else { return }
        let shared = ours.intersection(other.backends).sorted().joined(separator: ", ")
        throw RouteFailure(
            .foreign,
            "\(name) bears the mark of rollout \(other.rollout) for \(shared) too; give one of the two other "
                + "backends, or remove \(home) \(ObjectMark.key(of: other.rollout)) if it is gone")
    }
}
