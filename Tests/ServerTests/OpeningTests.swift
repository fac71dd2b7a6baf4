import Engine
import Logging
import Server
import Testing

/// What fails here stops the whole test process: the library underneath traps.
@Suite(.timeLimit(.minutes(1))) struct OpeningTests {
    private let server = StandbyServer(
        Readiness(obstacle: "standing by"), at: APIServer.Address(port: 0), log: Logger(label: "test"))

    /// A process that leads as soon as it stands by; the two orders of telling come about by themselves.
    @Test(arguments: 0..<50) func aServerMayBeStoppedBeforeItIsUp(turn: Int) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            if turn.isMultiple(of: 2) { await Task.yield() }
            await server.stop()
            try await group.waitForAll()
        }
    }

    @Test(arguments: 0..<50) func cancellationIsAnEndLikeAnyOther(turn: Int) async throws {
        let serving = Task { try await server.run() }
        if turn.isMultiple(of: 2) { await Task.yield() }
        serving.cancel()
        try await serving.value
    }

    /// As a probe does, which asks on while one server of a process ends and the next one opens.
    @Test func whoAsksAllTheTimeStopsNoServer() async throws {
        let port = try freePort()
        let asking = Task {
            await withTaskGroup { group in
                for _ in 0..<4 { group.addTask { await ask(port) } }
            }
        }
        defer { asking.cancel() }
        for turn in 0..<40 {
            let server = StandbyServer(
                Readiness(obstacle: "standing by"), at: APIServer.Address(port: port),
                log: Logger(label: "test"))
            try await withThrowingTaskGroup { group in
                group.addTask { try await server.run() }
                try await Task.sleep(for: .milliseconds(turn % 8))
                if turn.isMultiple(of: 2) { await server.stop() }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    /// Until it is cancelled; that nobody listens is no answer either.
    private func ask(_ port: Int) async {
        while !Task.isCancelled {
            let answer = try? await Wire(port: port).exchange("GET /readyz HTTP/1.1\r\nhost: a\r\n\r\n")
            if let answer { #expect(answer.status == 503) }
        }
    }

    @Test func anAddressThatIsTakenIsSaidByBoth() async throws {
        let elsewhere = StandbyServer(
            Readiness(obstacle: "standing by"), at: APIServer.Address(host: "192.0.2.1", port: 1),
            log: Logger(label: "test"))
        await #expect(throws: (any Error).self) { try await elsewhere.run() }
        await elsewhere.stop()
    }
}
