import Analysis

extension EngineClock {
    /// Runs the body for so long at the most. When the time is over the body is cancelled, and what it
    /// returns then still counts: an adapter knows best what it was waiting for.
    func within<Outcome: Sendable>(
        _ limit: Duration, _ body: @escaping @Sendable () async -> Outcome
    ) async -> Outcome {
        await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await body() }
            group.addTask {
                // Woken early only because the body is done.
                _ = await hasSlept(for: limit)
                return nil
            }
            while let first = await group.next() {
                group.cancelAll()
                if let outcome = first { return outcome }
            }
            preconditionFailure("the body always returns")
        }
    }

    /// False when the sleep was cut short: somebody has cancelled it.
    func hasSlept(for duration: Duration) async -> Bool {
        do throws(CancellationError) {
            try await sleep(until: now() + duration)
            return true
        } catch {
            return false
        }
    }
}
