import Synchronization
package import Transport

/// A steady stream of requests to one URL.
///
/// It is an open loop: a request is sent when it is due, whether or not earlier ones were answered, as users
/// do. So a mesh that stalls shows as late answers and not as a pause of the load.
package final class Load: Sendable {
    private let request: HTTPRequest
    private let interval: Duration
    private let inFlightMax: Int
    private let http: any HTTPSender
    private let state: Mutex<State>

    private struct State {
        var result = LoadResult(began: .now)
        var inFlight = 0
        var isStopping = false
    }

    /// - Parameter inFlightMax: requests that are due while so many wait for an answer are not sent.
    package init(
        _ url: String, perSecond: Int = 250, timeout: Duration = .seconds(5), inFlightMax: Int = 512,
        http: any HTTPSender
    ) {
        precondition(perSecond > 0, "a load of \(perSecond) requests a second is none")
        request = HTTPRequest(.get, url, timeout: timeout, responseBytesMax: 64 << 10)
        interval = .seconds(1) / perSecond
        self.inFlightMax = inFlightMax
        self.http = http
        state = Mutex(State())
    }

    /// Sends until `stop`, then waits for the answers; or until its task is cancelled, which breaks off what
    /// is under way. A load runs once.
    package func run() async {
        let began = ContinuousClock.now
        state.withLock { $0.result = LoadResult(began: began) }
        await withDiscardingTaskGroup { group in
            var due = began
            while await comes(due) {
                if enter() { group.addTask { await self.send() } }
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

    private func enter() -> Bool {
        state.withLock { state in
            guard state.inFlight < inFlightMax else {
                state.result.unsent += 1
                return false
            }
            state.inFlight += 1
            return true
        }
    }

    private func send() async {
        let sent = ContinuousClock.now
        let reply = await reply()
        let latency = ContinuousClock.now - sent
        state.withLock { state in
            state.inFlight -= 1
            if reply == .failed(.cancelled) {
                state.result.brokenOff += 1
            } else {
                state.result.note(reply, sent: sent, latency: latency)
            }
        }
    }

    private func reply() async -> LoadResult.Reply {
        do throws(TransportError) {
            let response = try await http.send(request)
            return .answered(release: response.headers["x-release"], status: response.status)
        } catch {
            return .failed(error.kind)
        }
    }
}
