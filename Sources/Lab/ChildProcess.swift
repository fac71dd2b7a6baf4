import Foundation
import Glibc
import Synchronization

/// A program that was started from here, and that dies with this process however this process dies.
///
/// A thread of its own starts each child and waits for its end. That is no waste: the kernel kills a child
/// with `PR_SET_PDEATHSIG` when the *thread* that started it ends, and the threads of Swift's pool end
/// when they idle.
package final class ChildProcess: Sendable {
    package struct Command: Sendable, Hashable {
        package var program: String
        package var arguments: [String]
        /// Added to this process's own.
        package var environment: [String: String]
        /// Takes what the program writes, after what it already holds.
        package var log: String

        package init(
            _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], log: String
        ) {
            self.program = program
            self.arguments = arguments
            self.environment = environment
            self.log = log
        }
    }

    package enum Ending: Sendable, Hashable {
        case exited(code: Int32)
        case killed(signal: Int32)
    }

    private enum State {
        /// Leaves by `reap`.
        case running(waiting: [CheckedContinuation<Ending, Never>])
        /// Final. The pid may be another's by now.
        case ended(Ending)
    }

    package let pid: Int32
    package let log: LogFile
    private let state = Mutex(State.running(waiting: []))

    private init(pid: Int32, log: LogFile) {
        self.pid = pid
        self.log = log
    }

    package static func start(_ command: Command) async throws(LabError) -> ChildProcess {
        let started: Result<ChildProcess, LabError> = await withCheckedContinuation { continuation in
            let thread = Thread {
                do throws(LabError) {
                    let child = ChildProcess(pid: try command.spawn(), log: LogFile(command.log))
                    continuation.resume(returning: .success(child))
                    child.reap()
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            thread.name = "child"
            thread.start()
        }
        return try started.get()
    }

    /// How it ended, or nil while it runs.
    package var ending: Ending? {
        state.withLock { state in
            if case .ended(let ending) = state { ending } else { nil }
        }
    }

    /// Waits for its end. Does not end by cancellation: a child that was started must be stopped.
    @discardableResult
    package func waitForEnd() async -> Ending {
        await withCheckedContinuation { continuation in
            let ending: Ending? = state.withLock { state in
                switch state {
                case .ended(let ending): return ending
                case .running(let waiting):
                    state = .running(waiting: waiting + [continuation])
                    return nil
                }
            }
            if let ending { continuation.resume(returning: ending) }
        }
    }

    /// Sends a signal to it and to what it started. Does nothing when it has ended.
    package func signal(_ signal: Int32) {
        state.withLock { state in
            // Not yet reaped, so that nobody else can have the pid.
            if case .running = state { kill(-pid, signal) }
        }
    }

    /// Asks it to end, and kills it when it hasn't within the limit. Cancellation does not hurry it.
    @discardableResult
    package func terminate(within limit: Duration = .seconds(5)) async -> Ending {
        signal(SIGTERM)
        return await ending(within: limit)
    }

    @discardableResult
    package func killAtOnce() async -> Ending {
        signal(SIGKILL)
        return await waitForEnd()
    }

    /// The sleep is a task without a parent because a stop must go on when what it cleans up after was
    /// cancelled; the child's end ends it.
    private func ending(within limit: Duration) async -> Ending {
        let patience = Task {
            try await Task.sleep(for: limit)
            signal(SIGKILL)
        }
        defer { patience.cancel() }
        return await waitForEnd()
    }

    /// Waits first and reaps then, under the lock: no signal can go to a pid that was given away.
    private func reap() {
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) == -1, errno == EINTR {}
        let (ending, waiting) = state.withLock { state in
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            let ending = Ending(waitStatus: status)
            guard case .running(let waiting) = state else { preconditionFailure("a child ended twice") }
            state = .ended(ending)
            return (ending, waiting)
        }
        for continuation in waiting { continuation.resume(returning: ending) }
    }
}

extension ChildProcess.Command {
    /// The command with what makes the kernel kill the program when its parent dies.
    package var launchLine: [String] {
        ["/usr/bin/setpriv", "--pdeathsig", "KILL", program] + arguments
    }

    var environmentLines: [String] {
        ProcessInfo.processInfo.environment.merging(environment) { _, ours in ours }
            .map { "\($0)=\($1)" }
    }
}

extension ChildProcess.Ending {
    /// The low seven bits are the signal, the next byte the exit code (wait(2)'s macros, which Swift lacks).
    fileprivate init(waitStatus status: Int32) {
        let signal = status & 0x7f
        self = signal == 0 ? .exited(code: status >> 8 & 0xff) : .killed(signal: signal)
    }
}
