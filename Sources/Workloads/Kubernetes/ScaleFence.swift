import Engine
import Rollouts

/// What an object of ours bears of the write that was last.
package struct ScaleMark: Hashable, Sendable {
    package var since: UInt64
    package var journal: String?
    /// The leader that wrote it; none where there was no election.
    package var epoch: Int?
}

/// Whether an object may be written, by this leader, for this order.
struct ScaleFence: Hashable, Sendable {
    let write: ScaleWrite
    /// Ours; none where there is no election.
    let epoch: Int?

    /// What a write leaves on an object.
    var marks: [String: String] {
        var marks = [Mark.since: "\(write.since)", Mark.journal: write.journal]
        marks[Mark.epoch] = epoch.map { "\($0)" }
        return marks
    }

    /// Whether it is marked by this order, as this leader gives it: then the late write of another finds a version
    /// that it has not seen.
    func isBorne(by mark: ScaleMark) -> Bool {
        mark.since == write.since && mark.journal == write.journal && (epoch == nil || mark.epoch == epoch)
    }

    /// Throws `foreign`.
    func check(_ mark: ScaleMark, on object: String) throws(WorkloadFailure) {
        if let journal = mark.journal, journal != write.journal {
            throw WorkloadFailure(
                .foreign,
                "\(object) is run by journal \(journal); stop the controller that keeps it, or remove the annotation "
                    + "\(Mark.journal) to take over")
        }
        guard mark.since <= write.since else {
            throw WorkloadFailure(
                .foreign,
                "\(object) bears event \(mark.since), which is later than \(write.since): another process writes for "
                    + "\(write.rollout)")
        }
        guard let borne = mark.epoch, let epoch, borne > epoch else { return }
        throw WorkloadFailure(
            .foreign,
            "\(object) was written by a later leader (epoch \(borne), and this one is of \(epoch)); if the Lease was "
                + "made anew since, remove the annotation \(Mark.epoch)")
    }
}
