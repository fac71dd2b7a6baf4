import Analysis
package import Journal
package import Rollouts

/// A wish or a report on its way to a decision.
package struct Submission: Sendable {
    package let rollout: RolloutName
    package let command: Command
    package let who: String
    /// The webhook delivery that brought it, to be remembered together with what it caused.
    package let delivery: Delivery?
    let arrivedAt: Moment
    let reply: Reply?
    /// The job whose outcome this is.
    let outcomeOf: Job?
    /// When it was decided first, where that could not be recorded: what has passed since must not change
    /// what it comes to.
    var decidedAt: Moment?

    init(
        _ command: Command, to rollout: RolloutName, by who: String, at moment: Moment,
        delivery: Delivery? = nil, outcomeOf job: Job? = nil, reply: Reply? = nil
    ) {
        self.rollout = rollout
        self.command = command
        self.who = who
        self.delivery = delivery
        self.reply = reply
        outcomeOf = job
        arrivedAt = moment
    }

    /// As it was decided, however much later somebody looks at it again.
    func decided(at moment: Moment) -> Submission {
        var submission = self
        submission.decidedAt = decidedAt ?? moment
        return submission
    }

    var isReport: Bool {
        if case .report = command { return true }
        return false
    }

    var isAbort: Bool {
        if case .abort = command { return true }
        return false
    }
}

typealias Reply = @Sendable (Result<Decision, Rejection>) -> Void

/// What became of a wish.
package struct Decision: Sendable {
    package let rollout: Rollout
    package let entries: [Entry]
    /// False only for an abort that was carried out while the journal could not be written: the mesh
    /// remembers it.
    package let isDurable: Bool
}

/// Why a wish was not taken.
package enum Rejection: Error, Sendable {
    case refused(Refusal)
    case unknown(RolloutName)
    case journal(JournalError)
    /// The delivery was taken in before; nothing was done again. Compare the bodies before you call it
    /// harmless.
    case repeated(Delivery)
    case stopping
}

/// The synchronous turn, over all that waits: each command is decided against what the ones before it led to,
/// and nothing counts until the entries are durable.
struct Batch {
    private(set) var drafts: [RolloutName: Rollout] = [:]
    private(set) var entries: [Entry] = []
    private(set) var outcomes: [(submission: Submission, outcome: Result<Decision, Rejection>)] = []

    private let freezes: any FreezeCalendar

    init(
        _ submissions: [Submission], of rollouts: [RolloutName: Rollout], at now: Moment,
        _ freezes: any FreezeCalendar
    ) {
        self.freezes = freezes
        for submission in submissions {
            let outcome = decide(submission, of: rollouts, at: now)
            outcomes.append((submission, outcome))
            guard case .success(let decision) = outcome, !decision.entries.isEmpty else { continue }
            drafts[submission.rollout] = decision.rollout
            entries += decision.entries
        }
    }

    /// The delivery to be recorded together with the entries; a batch has one at the most, see `split`.
    var delivery: Delivery? {
        outcomes.lazy.filter { $0.outcome.isTaken }.compactMap(\.submission.delivery).first
    }

    /// What can be decided and recorded together. A delivery is recorded with what it caused and with nothing
    /// else, because a repeated one records nothing.
    static func split(_ submissions: [Submission]) -> [[Submission]] {
        submissions.reduce(into: []) { groups, submission in
            let isAlone = submission.delivery != nil || groups.last?.last?.delivery != nil
            if isAlone || groups.isEmpty { groups.append([]) }
            groups[groups.count - 1].append(submission)
        }
    }

    private func decide(
        _ submission: Submission, of rollouts: [RolloutName: Rollout], at now: Moment
    ) -> Result<Decision, Rejection> {
        guard let rollout = drafts[submission.rollout] ?? rollouts[submission.rollout] ?? newborn(submission)
        else { return .failure(.unknown(submission.rollout)) }
        do throws(Refusal) {
            let turn = try rollout.turn(
                submission.command, by: submission.who, at: submission.decidedAt ?? now, freezes: freezes)
            return .success(Decision(rollout: turn.next, entries: turn.entries, isDurable: true))
        } catch {
            return .failure(.refused(error))
        }
    }

    /// A rollout comes into being by its manifest and by nothing else.
    private func newborn(_ submission: Submission) -> Rollout? {
        guard case .declare = submission.command else { return nil }
        return Rollout(name: submission.rollout)
    }
}

extension Result<Decision, Rejection> {
    fileprivate var isTaken: Bool {
        if case .success = self { true } else { false }
    }
}
