import Synchronization
package import Transport

/// A steady stream of requests to one URL, of one kind or of several.
///
/// It is an open loop: a request is sent when it is due, whether or not earlier ones were answered, as users
/// do. So a mesh that stalls shows as late answers and not as a pause of the load.
package final class Load: Sendable {
    private let url: String
    private let timeout: Duration
    private let interval: Duration
    private let inFlightMax: Int
    private let http: any HTTPSender
    private let state: Mutex<State>

    private struct State {
        var result = LoadResult(began: .now)
        var rota: KindRota
        /// By the name of their kind.
        var users: [String: LoadUsers]
        var inFlight = 0
        var isStopping = false
    }

    /// A request that is due, and who sends it.
    private struct Turn {
        let kind: RequestKind
        var user: LoadUser
    }

    /// - Parameter inFlightMax: requests that are due while so many wait for an answer are not sent.
    package init(
        _ url: String, perSecond: Int = 250, timeout: Duration = .seconds(5), inFlightMax: Int = 512,
        kinds: [RequestKind] = [.any], http: any HTTPSender
    ) {
        precondition(perSecond > 0, "a load of \(perSecond) requests a second is none")
        (self.url, self.timeout) = (url, timeout)
        interval = .seconds(1) / perSecond
        self.inFlightMax = inFlightMax
        self.http = http
        let users = kinds.compactMap { kind in kind.users.map { (kind.name, LoadUsers($0)) } }
        state = Mutex(State(rota: KindRota(kinds), users: Dictionary(uniqueKeysWithValues: users)))
    }

    /// Sends until `stop`, then waits for the answers; or until its task is cancelled, which breaks off what
    /// is under way. A load runs once.
    package func run() async {
        let began = ContinuousClock.now
        state.withLock { $0.result = LoadResult(began: began) }
        await withDiscardingTaskGroup { group in
            var due = began
            while await comes(due) {
                if let turn = enter() { group.addTask { await self.send(turn) } }
                due += self.interval
            }
        }
    }

    /// Lets `run` end, also one that is yet to begin.
    package func stop() {
        state.withLock { $0.isStopping = true }
    }

    /// What is known so far.
    package var result: LoadResult { state.withLock { $0.result } }

    /// Runs the load for as long as the body runs, and gives all answers.
    package func during(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Void
    ) async throws -> LoadResult {
        async let running: Void = run()
        do {
            try await body()
        } catch {
            stop()
            await running
            throw error
        }
        stop()
        await running
        return result
    }

    /// Waits until a request is due; false when there shall be no more. One that is late is due at once,
    /// so that the rate holds on a busy machine.
    private func comes(_ due: ContinuousClock.Instant) async -> Bool {
        do {
            if due > .now { try await Task.sleep(until: due) } else { try Task.checkCancellation() }
            return state.withLock { !$0.isStopping }
        } catch {
            return false
        }
    }

    private func enter() -> Turn? {
        state.withLock { state in
            guard state.inFlight < inFlightMax else {
                state.result.unsent += 1
                return nil
            }
            state.inFlight += 1
            let kind = state.rota.next()
            return Turn(kind: kind, user: state.users[kind.name]?.take() ?? LoadUser())
        }
    }

    private func send(_ turn: Turn) async {
        let sent = ContinuousClock.now
        var turn = turn
        let (reply, move) = await reply(&turn)
        let latency = ContinuousClock.now - sent
        state.withLock { state in
            state.inFlight -= 1
            if reply == .failed(.cancelled) {
                state.result.brokenOff += 1
            } else {
                state.result.note(reply, sent: sent, latency: latency)
                state.result.kinds[turn.kind.name, default: .init()].note(reply, move, by: &turn.user)
            }
            state.users[turn.kind.name]?.giveBack(turn.user)
        }
    }

    private func reply(_ turn: inout Turn) async -> (LoadResult.Reply, LoadResult.Move?) {
        let request = HTTPRequest(
            .get, url + turn.kind.path, headers: turn.user.headers(of: turn.kind), timeout: timeout,
            responseBytesMax: 64 << 10)
        do throws(TransportError) {
            let response = try await http.send(request)
            let release = response.headers["x-release"]
            let move = turn.user.take(response.headers, from: release)
            return (.answered(release: release, status: response.status), move)
        } catch {
            return (.failed(error.kind), nil)
        }
    }
}
