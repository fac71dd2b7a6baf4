import Rollouts
import Testing
import Transport

@testable import Traffic

/// Against a real Envoy: whatever a route is changed to, no request is lost.
@Suite(.serialized, .timeLimit(.minutes(1))) struct FlipTests {
    private let beta = RequestMatch(headers: [FieldMatch(name: "x-beta", value: .exact("1"))])

    @Test func noRequestFailsWhileTheWeightsChange() async throws {
        try await flip(route([.b: 0]), route([.b: 100]))
    }

    @Test func noRequestFailsWhileRulesComeAndGo() async throws {
        try await flip(route([.b: 10], rules: [send("beta", beta)]), route([.b: 10]))
    }

    @Test func noRequestFailsWhileMirrorsComeAndGo() async throws {
        let mirrors = [try mirror("all", percent: 100), try mirror("beta", beta, percent: 50)]
        try await flip(route([.b: 10], rules: mirrors), route([.b: 10]))
    }

    @Test func noRequestFailsWhileStickinessComesAndGoes() async throws {
        try await flip(route([.b: 10], stickyBy: "user"), route([.b: 60]))
    }

    @Test func noRequestFailsWhileAllOfItChangesBetweenSixPlaces() async throws {
        let rules = [send("beta", beta, to: .f), try mirror("copies", percent: 20, to: .e)]
        let busy = try route([.b: 10, .c: 10, .d: 10, .e: 10, .f: 10], rules: rules, stickyBy: "user")
        try await flip(busy, .all(to: .c), places: 6)
    }

    private func flip(_ one: Route, _ other: Route, places: Int = 2) async throws {
        let mesh = try await Mesh()
        let kinds: [HTTPHeaders] = [[:], ["x-beta": "1"], ["cookie": "user=1234"]]
        let load = Load(port: mesh.envoy.port, mesh.client, kinds: kinds)
        let statuses = try await load.during {
            for _ in 1...10 {
                try await mesh.apply(one, places: places)
                try await mesh.apply(other, places: places)
            }
        }
        #expect(Set(statuses.keys) == [200])
        #expect(statuses[200, default: 0] > 100)
    }
}

/// Requests without a pause, and what came of them.
struct Load {
    let port: Int
    let client: CurlClient
    /// Sent in turn.
    let kinds: [HTTPHeaders]

    init(port: Int, _ client: CurlClient, kinds: [HTTPHeaders] = [[:]]) {
        (self.port, self.client, self.kinds) = (port, client, kinds)
    }

    func during(_ body: () async throws -> Void) async throws -> [Int: Int] {
        let callers = (1...4).map { _ in Task { await call() } }
        defer { callers.forEach { $0.cancel() } }
        try await body()
        callers.forEach { $0.cancel() }
        var sum: [Int: Int] = [:]
        for caller in callers { sum.merge(await caller.value, uniquingKeysWith: +) }
        return sum
    }

    private func call() async -> [Int: Int] {
        var statuses: [Int: Int] = [:]
        let url = "http://127.0.0.1:\(port)/"
        var sent = 0
        while !Task.isCancelled {
            do {
                sent += 1
                let headers = kinds[sent % kinds.count]
                let response = try await client.send(HTTPRequest(.get, url, headers: headers))
                statuses[response.status, default: 0] += 1
            } catch  where error.kind == .cancelled {
                return statuses
            } catch {
                statuses[0, default: 0] += 1
            }
        }
        return statuses
    }
}
