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

    @Test func anAddressThatIsTakenIsSaidByBoth() async throws {
        let elsewhere = StandbyServer(
            Readiness(obstacle: "standing by"), at: APIServer.Address(host: "192.0.2.1", port: 1),
            log: Logger(label: "test"))
        await #expect(throws: (any Error).self) { try await elsewhere.run() }
        await elsewhere.stop()
    }
}
