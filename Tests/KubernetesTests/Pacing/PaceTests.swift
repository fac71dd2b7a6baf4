import Synchronization
import Testing

@testable import Kubernetes
@testable import Transport

private let web = ObjectReference(.pod, "web", in: "shop")

private final class Line: Sendable {
    let order = Mutex<[Int]>([])
}

@Suite struct PaceTests {
    @Test func whoComesFirstIsServedFirst() async throws {
        let pace = Pace(PaceLimits(perSecond: 1e6, burst: 1e6, atOnce: 1))
        let line = Line()
        try await pace.enter()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try? await pace.enter()
                    line.order.withLock { $0.append(number) }
                    await pace.leave()
                }
                #expect(await eventually { await pace.waitingCount == number + 1 })
            }
            await pace.leave()
        }
        #expect(line.order.withLock { $0 } == Array(0..<20))
    }

    @Test func whoGivesUpLosesItsPlaceAndTakesNone() async throws {
        let pace = Pace(PaceLimits(perSecond: 1e6, burst: 1e6, atOnce: 1))
        try await pace.enter()
        let waiter = Task { try await pace.enter() }
        #expect(await eventually { await pace.waitingCount == 1 })
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        #expect(await pace.waitingCount == 0)
        await pace.leave()
        try await pace.enter()
        await pace.leave()
    }

    @Test func takingTrafficBackWaitsForNobody() async throws {
        let limits = PaceLimits(perSecond: 1e6, burst: 1e6, atOnce: 1)
        let sender = ScriptedSender { number, _ in number == 0 ? .silence : .response(.json(pod("web"))) }
        let client = client(sender, testAccess, .init(pace: limits))
        let slow = Task {
            await refusal { () async throws(KubernetesError) in
                try await client.read(web, .ordinary)
            }
        }
        #expect(await eventually { sender.requests.count == 1 })
        let queued = Task { try await client.read(web, .ordinary) }
        #expect(await eventually { await client.pace.waitingCount == 1 })
        _ = try await client.read(web, .rollback)
        #expect(await client.pace.waitingCount == 1, "the other one still waits")
        #expect(sender.requests.count == 2)
        slow.cancel()
        #expect(await slow.value?.kind == .cancelled)
        _ = try await queued.value
    }

    @Test func aServerThatWantsPeaceGetsItFromAllButTheRollback() async throws {
        let sender = ScriptedSender { number, _ in
            number == 0
                ? .response(.refusal(429, "TooManyRequests", "later", ["Retry-After": "200"]))
                : .response(.json(pod("web")))
        }
        let client = client(sender)
        let first = await refusal { () async throws(KubernetesError) in
            try await client.read(web, .ordinary)
        }
        #expect(first?.kind == .unavailable(retryAfter: .seconds(200)))
        let queued = Task {
            await refusal { () async throws(KubernetesError) in
                try await client.read(web, .ordinary)
            }
        }
        #expect(await eventually { await client.pace.waitingCount == 1 })
        _ = try await client.read(web, .rollback)
        #expect(sender.requests.count == 2)
        queued.cancel()
        #expect(await queued.value?.kind == .cancelled)
    }

    @Test func aRefusedWatchMakesRoomAgainToo() async throws {
        let limits = PaceLimits(perSecond: 1e6, burst: 1e6, atOnce: 1)
        let sender = ScriptedSender { _, request in
            request.url.contains("watch=1")
                ? .response(.refusal(503, "ServiceUnavailable", "no")) : .response(.json(pod("web")))
        }
        let client = client(sender, testAccess, .init(pace: limits))
        let query = ObjectQuery(.pod, in: "shop")
        let found = await refusal { () async throws(KubernetesError) in
            try await client.stream(.watching(query, from: "1", seconds: 1))
        }
        #expect(found?.kind == .unavailable(retryAfter: nil))
        _ = try await client.read(web, .ordinary)
    }
}
