import Engine
import Hummingbird
import Journal

/// What probes and scrapers ask.
struct HealthAnswers: Sendable {
    let house: APIServer.House
    let counts: RequestCounts

    func lives(_ call: APICall) async throws -> Response {
        .text("ok\n".utf8, type: "text/plain; charset=utf-8")
    }

    func isReady(_ call: APICall) async throws -> Response {
        if let obstacle = await house.readiness.obstacle { throw APIError.notReady(obstacle) }
        if let trouble = await house.loop.journalTrouble {
            throw APIError.notReady("the journal takes no entries: \(trouble.message)")
        }
        return .text("ready\n".utf8, type: "text/plain; charset=utf-8")
    }

    func metrics(_ call: APICall) async throws -> Response {
        let text = await Exposition(of: house, counts).text
        return .text(text.utf8, type: "text/plain; version=0.0.4; charset=utf-8")
    }
}
