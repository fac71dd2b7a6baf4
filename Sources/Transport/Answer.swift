/// A result that one thread gives once and one task awaits once, in either order.
final class Answer<Value: Sendable>: Sendable {
    typealias Outcome = Result<Value, TransportError>

    private enum State {
        /// Leaves by `give` or by `outcome()`.
        case empty
        /// A task waits. Leaves by `give`.
        case awaited(CheckedContinuation<Outcome, Never>)
        /// Final.
        case given(Outcome)
    }

    private let state = Locked(State.empty)

    /// Gives the outcome; all but the first are ignored, so that a failure after the answer does no harm.
    func give(_ outcome: Outcome) {
        let waiting: CheckedContinuation<Outcome, Never>? = state.withLock { state in
            switch state {
            case .given: return nil
            case .empty:
                state = .given(outcome)
                return nil
            case .awaited(let continuation):
                state = .given(outcome)
                return continuation
            }
        }
        waiting?.resume(returning: outcome)
    }

    func outcome() async -> Outcome {
        await withCheckedContinuation { continuation in
            let given: Outcome? = state.withLock { state in
                if case .given(let outcome) = state { return outcome }
                state = .awaited(continuation)
                return nil
            }
            if let given { continuation.resume(returning: given) }
        }
    }
}
