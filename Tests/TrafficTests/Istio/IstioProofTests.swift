import Engine
import Foundation
import Rollouts
import Synchronization
import Testing
import Transport

@testable import Traffic

@Suite(.cluster, .timeLimit(.minutes(1))) struct IstioProofTests {
    private let cluster = testCluster()

    @Test func allProxiesHaveIt() async throws {
        let sender = Answers([
            "/debug/syncz": [
                .proxies([("web-1", -5, true)]), .proxies([("web-1", 70, true), ("web-2", 70, true)]),
            ]
        ])
        let text = try await evidence(.acked, sender)
        #expect(
            text
                == "stored at resourceVersion \(cluster.version(of: webService)); accepted; acked by 2 of 2 proxies"
        )
        #expect(sender.urls.first == "http://istiod:15014/debug/syncz?namespace=shop")
    }

    @Test func aProxyThatIsLateIsNamed() async throws {
        let sender = Answers(["/debug/syncz": [.proxies([("web-1", 70, true), ("web-2", 70, false)])]])
        let failure = await failure(.acked, sender)
        #expect(failure?.kind == .unverified)
        #expect(failure?.message == "acked by 1 of 2 proxies; not yet by web-2.shop")
    }

    @Test func whatAProxyDeclinedIsSaidInItsWords() async throws {
        let sender = Answers(["/debug/syncz": [.proxies([("web-1", 70, false)], error: "no such cluster")]])
        let failure = await failure(.acked, sender)
        #expect(failure?.kind == .rejected)
        #expect(failure?.message == "proxy web-1.shop rejected the route: no such cluster")
    }

    @Test func anOldTroubleIsNoneOfOurs() async throws {
        let sender = Answers([
            "/debug/syncz": [
                .proxies([("web-1", -70, false)], error: "old"), .proxies([("web-1", 70, true)]),
            ]
        ])
        #expect(try await evidence(.acked, sender).hasSuffix("acked by 1 of 1 proxies"))
    }

    @Test func anAnswerOfTheSecondOfTheWriteCountsOnlyAfterAWhile() throws {
        let acknowledgement = Acknowledgement(
            istiods: [], namespaces: ["shop"], writtenAt: written, isOfListeners: false,
            settle: .seconds(2), pace: Pace(pauses: []) { _ in })
        let proxies = try Istiod.proxies(in: .proxies([("web-1", 0, true)]), of: "x")
        let sight = Acknowledgement.Sight(proxies: proxies)
        #expect(try acknowledgement.outcome(of: sight, .zero) == nil)
        #expect(try acknowledgement.outcome(of: sight, .seconds(2)) == .acked(1))
    }

    @Test func anIstiodThatMayNotBeAskedIsMentioned() async throws {
        let sender = Answers(["/debug/syncz": [HTTPResponse(status: 403)]])
        let text = try await evidence(.acked, sender)
        #expect(
            text.contains("; accepted; acks unknown: istiod at http://istiod:15014 answered 403; allow this"))
    }

    @Test func anIstiodThatIsDownIsAnOutage() async throws {
        let failure = await failure(.acked, Answers([:]))
        #expect(failure?.kind == .unavailable)
        #expect(failure?.message.hasPrefix("istiod at http://istiod:15014: ") == true)
    }

    @Test func requestsAreCountedFromTheConfirmationOn() async throws {
        let sender = Answers([
            "/debug/syncz": [.proxies([("web-1", 70, true)])],
            "/api/v1/query": [.counts(["a": 1_000]), .counts(["a": 1_010]), .counts(["a": 1_160, "b": 40])],
        ])
        let text = try await evidence(.observed, sender)
        #expect(text.hasSuffix("acked by 1 of 1 proxies; observed a 80.0%, b 20.0% of 200 requests"))
    }

    @Test func withoutTrafficTheRouteStandsAtTheLevelThatWasReached() async throws {
        let sender = Answers([
            "/debug/syncz": [.proxies([("web-1", 70, true)])], "/api/v1/query": [.counts([:])],
        ])
        let text = try await evidence(.observed, sender)
        #expect(text.hasSuffix("acked by 1 of 1 proxies; not observed: 0 requests, too few to tell"))
    }

    @Test(arguments: [
        ([800, 200], 20, true), ([810, 190], 20, true), ([1_000, 0], 20, false), ([1_000, 0], 0, true),
        ([900, 100], 0, false), ([500, 500], 20, false),
    ]) func aShareIsJudgedByWhatChanceAllows(counts: [Int], percent: Int, agrees: Bool) throws {
        let share = try #require(Weight(percent: percent))
        let verdict = RequestCounts(byBackend: counts).verdict(on: [share.complement, share], ["a", "b"])
        if case .agrees = verdict { #expect(agrees) } else { #expect(!agrees) }
    }

    @Test func aCounterThatBeganAnewIsTakenAsItIs() {
        let now = RequestCounts(byBackend: [5, 30])
        #expect(now.since(RequestCounts(byBackend: [100, 10])) == RequestCounts(byBackend: [5, 20]))
    }

    private func evidence(_ level: ProofLevel, _ sender: Answers) async throws -> String {
        cluster.put(webService, virtualService())
        let target = try istioTarget { $0.counts = BackendCounts(label: "version", values: ["a", "b"]) }
        let router = router(level, sender)
        return try await router.confirm(router.write(istioWrite(try split(20), target))).text
    }

    private func failure(_ level: ProofLevel, _ sender: Answers) async -> RouteFailure? {
        await #expect(throws: RouteFailure.self) { try await evidence(level, sender) }
    }

    /// Called off after ten looks.
    private func router(_ level: ProofLevel, _ sender: Answers) -> IstioRouter {
        let naps = Naps()
        naps.wake(after: 10)
        let settings = IstioSettings(
            istiods: ["http://istiod:15014"], level: level, prometheus: "http://prometheus:9090",
            pauses: [.milliseconds(100)], countsMax: 4)
        return IstioRouter(settings, api: cluster, sender: sender, sleep: { try naps.take($0) })
    }
}

/// Answers by path, one after the other; the last one stays.
final class Answers: HTTPSender {
    private let script: Mutex<[String: [HTTPResponse]]>
    private let asked = Mutex<[String]>([])

    var urls: [String] { asked.withLock(\.self) }

    init(_ script: [String: [HTTPResponse]]) { self.script = Mutex(script) }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        asked.withLock { $0.append(request.url) }
        let answer: HTTPResponse? = script.withLock { script in
            guard let path = script.keys.first(where: { request.url.contains($0) }), let left = script[path]
            else {
                return nil
            }
            if left.count > 1 { script[path] = Array(left.dropFirst()) }
            return left.first
        }
        guard let answer else { throw TransportError(.connect, at: request.url, "can't connect") }
        return answer
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
        throw TransportError(.connect, at: request.url, "can't connect")
    }
}

/// The second of the write.
private let written = Date(timeIntervalSince1970: Date.now.timeIntervalSince1970.rounded(.down))

extension HTTPResponse {
    /// Proxies, when routes were sent to each in seconds after the write, and whether it took them.
    static func proxies(_ states: [(String, Int, Bool)], error: String? = nil) -> HTTPResponse {
        let items = states.map { name, seconds, isAcked -> JSON in
            let time = written.addingTimeInterval(Double(seconds))
            var resource: JSON = [
                "sent": "n2", "acked": isAcked ? "n2" : "n1", "sent_time": .string(time.formatted(.iso8601)),
            ]
            resource["last_error"] = error.map(JSON.string)
            return [
                "proxy": .string("\(name).shop"), "route_sent": "n2", "route_acked": isAcked ? "n2" : "n1",
                "resources": ["type.googleapis.com/envoy.config.route.v3.RouteConfiguration": resource],
            ]
        }
        return HTTPResponse(status: 200, body: JSON.array(items).bytes)
    }

    static func counts(_ counts: [String: Int]) -> HTTPResponse {
        let series = counts.map { value, count -> JSON in
            ["metric": ["version": .string(value)], "value": [1_763_837_280.5, .string("\(count)")]]
        }
        let body: JSON = ["status": "success", "data": ["resultType": "vector", "result": .array(series)]]
        return HTTPResponse(status: 200, body: body.bytes)
    }
}
