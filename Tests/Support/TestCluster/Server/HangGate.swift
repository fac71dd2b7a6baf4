import Synchronization

/// Where requests wait that are never answered, until the cluster stops.
final class HangGate: Sendable {
    private enum State {
        /// Leaves by `open`.
        case shut([CheckedContinuation<Void, Never>])
        /// Final.
        case open
    }

    private let state = Mutex(State.shut([]))

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                guard case .shut(let waiting) = state else { return true }
                state = .shut(waiting + [continuation])
                return false
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard case .shut(let waiting) = state else { return [] }
            state = .open
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
