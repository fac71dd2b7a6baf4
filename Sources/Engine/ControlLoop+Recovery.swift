import Rollouts

// After a start the log may lack a rollback that was made while the journal could not be written. The mesh remembers
// it, and is asked before anything goes on: else a release could be called the stable one whose traffic was taken
// back.

extension ControlLoop {
    /// Flights whose route nobody would write, and so would ask the mesh about, before they go on.
    func holdUnexamined() {
        unexamined = Set(
            rollouts.values.filter { $0.flight != nil && $0.routing?.isApplied == true }.map(\.name))
    }

    /// What may be started: for a flight that is held here, only its route.
    func startable(of name: RolloutName) -> Set<Action> {
        let actions = rollouts[name]?.outstanding ?? []
        guard unexamined.contains(name) else { return actions }
        return actions.filter { if case .route = $0 { true } else { false } }
    }

    /// The mesh was asked; what it bears is known, or noted as a report.
    func release(_ name: RolloutName) {
        guard unexamined.remove(name) != nil else { return }
        inbox += early.filter { $0.rollout == name }
        early.removeAll { $0.rollout == name }
        reschedule(name)
        ring()
    }

    /// The mesh can't be asked now: who wishes something should not wait for it, and be surprised later. What a
    /// manifest says waits: it is true later, too.
    func declineEarly(_ name: RolloutName, because trouble: String) {
        let weight = rollouts[name]?.flight?.weight ?? .none
        let declined = early.filter { $0.rollout == name && !$0.command.isManifest }
        for wish in declined { wish.reply?(.failure(.refused(.notApplied(weight, trouble: trouble)))) }
        early.removeAll { $0.rollout == name && !$0.command.isManifest }
    }

    /// Sets aside what concerns a flight that is held here: every turn looks at the clock, and may let it go on.
    func withoutEarly(_ submissions: [Submission]) -> [Submission] {
        if unexamined.isEmpty { return submissions }
        let isEarly = { (submission: Submission) in
            self.unexamined.contains(submission.rollout) && !submission.command.isUrgent
        }
        early += submissions.filter(isEarly)
        return submissions.filter { !isEarly($0) }
    }
}

extension Command {
    /// An abort, and what the mesh has to say.
    fileprivate var isUrgent: Bool {
        switch self {
        case .abort: true
        case .report(.woke): false
        case .report: true
        default: false
        }
    }

    fileprivate var isManifest: Bool {
        switch self {
        case .declare, .withdraw: true
        default: false
        }
    }
}
