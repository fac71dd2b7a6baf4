import CCurl

/// What the loop's thread can be asked to do.
enum Command: Sendable {
    case start(Order)
    case cancel(Order)
    /// Offer the bytes again that the order's receiver wanted later.
    case resume(Order)
    case shutDown(Answer<Void>)
}

/// Commands on their way to the loop's thread, from any thread.
final class Inbox: Sendable {
    private struct State {
        var commands: [Command] = []
        var isClosed = false
    }

    /// Only `curl_multi_wakeup` is called on it here, the one function that libcurl allows to other
    /// threads; only under the lock and before the inbox closes; the loop frees it after that.
    private nonisolated(unsafe) let multi: UnsafeMutableRawPointer
    private let state = Locked(State())

    init(waking multi: UnsafeMutableRawPointer) {
        self.multi = multi
    }

    /// Returns false when the loop has ended and nobody will look.
    @discardableResult
    func put(_ command: Command) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.commands.append(command)
            curl_multi_wakeup(multi)
            return true
        }
    }

    func takeAll() -> [Command] {
        state.withLock { state in
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// Takes no more; returns what is left.
    func close() -> [Command] {
        state.withLock { state in
            defer { state = State(isClosed: true) }
            return state.commands
        }
    }
}
