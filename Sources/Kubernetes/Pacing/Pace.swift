/// The bucket of one client, and who waits for it: first come, first served.
actor Pace {
    private struct Waiter {
        let number: Int
        let turn: CheckedContinuation<Bool, Never>
    }

    private var bucket: Bucket
    private var waiting: [Waiter] = []
    private var last = 0
    /// Looks after those who wait when the time has come. Ends by itself.
    private var alarm: Task<Void, Never>?
    private let start = ContinuousClock.now

    init(_ limits: PaceLimits) {
        bucket = Bucket(limits)
    }

    /// Waits for its turn. Who entered must leave.
    func enter() async throws(CancellationError) {
        last += 1
        let number = last
        let hasTurn = await withTaskCancellationHandler {
            await withCheckedContinuation { turn in
                waiting.append(Waiter(number: number, turn: turn))
                admit()
            }
        } onCancel: {
            // Comes after the waiter stands in line: the line above does not leave the actor.
            Task { await self.giveUp(number) }
        }
        guard hasTurn else { throw CancellationError() }
    }

    func leave() {
        bucket.giveBack()
        admit()
    }

    func close(for time: Duration) { bucket.close(for: time, at: now) }

    /// How many wait, for tests.
    var waitingCount: Int { waiting.count }

    private var now: Duration { ContinuousClock.now - start }

    private func admit() {
        while let first = waiting.first {
            switch bucket.take(at: now) {
            case .go:
                waiting.removeFirst()
                first.turn.resume(returning: true)
            case .after(let wait): return wake(after: wait)
            case .whenOneEnds: return
            }
        }
    }

    private func giveUp(_ number: Int) {
        guard let place = waiting.firstIndex(where: { $0.number == number }) else { return }
        waiting.remove(at: place).turn.resume(returning: false)
    }

    private func wake(after wait: Duration) {
        guard alarm == nil else { return }
        alarm = Task {
            // Nobody cuts it short.
            try? await Task.sleep(for: max(wait, .milliseconds(1)))
            alarm = nil
            admit()
        }
    }
}
