/// Runs Swift's tasks on the thread that calls `runAll`, in an order that the dice choose.
///
/// Everything that production code starts (tasks, their children, actors) prefers this executor, so a
/// simulation has no thread, no race and no order that the seed did not choose.
///
/// `@unchecked Sendable` is right: jobs are only ever enqueued by jobs that run in here, or by the thread
/// that runs them.
final class SimulatedExecutor: TaskExecutor, @unchecked Sendable {
    private var ready: [UnownedJob] = []
    private var dice: Dice

    init(dice: Dice) {
        self.dice = dice
    }

    func enqueue(_ job: consuming ExecutorJob) {
        ready.append(UnownedJob(job))
    }

    /// Until nothing is ready: from here on only the passing of time brings news.
    func runAll() {
        while !ready.isEmpty {
            let job = takeOne()
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    private func takeOne() -> UnownedJob {
        if ready.count > 1 { ready.swapAt(dice.between(0, ready.count - 1), ready.count - 1) }
        return ready.removeLast()
    }
}
