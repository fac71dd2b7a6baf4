import Kubernetes
import Rollouts
import TestCluster
import Testing
import Transport

@testable import Engine
@testable import Traffic

/// Users who stay by the API's own sessions: only where they are known to be honoured, and only as long as the rollout
/// wants it.
@Suite struct GatewaySessionTests {
    private func target() throws -> TrafficTarget {
        try gatewayTarget { $0.routes[0].keepsSessions = true }
    }

    private var sticky: Route {
        get throws {
            var route = try split(20)
            route.stickiness = Stickiness(cookie: "shop", maxAge: .seconds(30 * 86_400))
            return route
        }
    }

    private let session: JSON = [
        "sessionName": "shop", "type": "Cookie", "cookieConfig": ["lifetimeType": "Permanent"],
        "absoluteTimeout": "720h",
    ]

    @Test func aSessionStandsInTheSplitItselfAndNoCookieOfOursBesideIt() throws {
        let routed = try gatewayRouted(gatewayWrite(sticky, target()), on: storedRoute([splitRule]))
        #expect(routed.rules.count == 1, "nobody stays by a rule")
        #expect(routed.rules[0]["sessionPersistence"] == session)
        #expect(routed.rules[0].text.contains("set-cookie") == false)
    }

    /// Sessions go before weights: while there is one, a release that was taken back would keep its users.
    @Test func takingTrafficBackTakesTheSessionOut() throws {
        let before = storedRoute([splitRule])
        let routed = try gatewayRouted(gatewayWrite(sticky, target(), since: 1), on: before)
        let back = try gatewayRouted(
            gatewayWrite(.all(to: .a), target(), since: 2, isRollback: true), on: routed)
        #expect(back.rules[0]["sessionPersistence"] == nil)
        #expect(back.refWeights(0) == [10_000, 0])
    }

    @Test func whatIsReadBackIsWhatWasWritten() throws {
        let write = gatewayWrite(try sticky, try target())
        let object = try gatewayObject(write, on: try gatewayRouted(write, on: storedRoute([splitRule])))
        let mark = try #require(object.mark)
        #expect(object.isIntact(mark, write.target))
        var edited = object.object
        var rules = edited.rules
        rules[0]["sessionPersistence"]["sessionName"] = "other"
        edited["spec"]["rules"] = .array(rules)
        #expect(try !gatewayObject(write, on: edited).isIntact(mark, write.target), "and an edit is seen")
    }

    @Test func aCookieWithoutAnAgeEndsWithTheBrowser() {
        #expect(
            Stickiness(cookie: "shop", maxAge: nil).session == [
                "sessionName": "shop", "type": "Cookie", "cookieConfig": ["lifetimeType": "Session"],
            ])
        #expect(Stickiness(cookie: "s", maxAge: .seconds(5_401)).session["absoluteTimeout"] == "1h30m1s")
    }

    @Test func theTargetsTextSaysIt() throws {
        #expect(try GatewayTarget(target()).routes[0].keepsSessions)
        #expect(try !GatewayTarget(gatewayTarget()).routes[0].keepsSessions)
    }

    @Test(arguments: [
        (GatewayProfile.linkerd, "does not honour sessions (sessionPersistence)"),
        (.nginx, "it is not known whether nginx honours sessionPersistence"),
        (.istio, "it is not known whether istio honours sessionPersistence"),
    ])
    func whereItIsNotKnownToBeHonouredItIsRefused(profile: GatewayProfile, words: String) throws {
        let write = gatewayWrite(try sticky, try target())
        let (wanted, route) = (try NamedRoute(write, managed: []), try GatewayTarget(write.target).routes[0])
        let failure = #expect(throws: RouteFailure.self) {
            try Implementation(profile: profile).check(wanted, in: route)
        }
        #expect(failure?.kind == .rejected && failure?.message.contains(words) == true)
        try Implementation(profile: .envoyGateway).check(wanted, in: route)
        let plain = try NamedRoute(gatewayWrite(split(20), target()), managed: [])
        try Implementation(profile: profile).check(plain, in: route)
    }

    // MARK: - What the API server keeps

    private func definition(_ properties: JSON) -> JSON {
        let rules: JSON = ["items": ["properties": properties]]
        let schema: JSON = ["properties": ["spec": ["properties": ["rules": rules]]]]
        return ["spec": ["versions": [["name": "v1", "schema": ["openAPIV3Schema": schema]]]]]
    }

    private func check(_ answer: Result<JSON, KubernetesError>) async throws {
        let write = gatewayWrite(try sticky, try target())
        let object = try gatewayObject(write, on: storedRoute([splitRule]))
        try await Preflight(OneAnswer(answer: answer)).checkSessions(of: object)
    }

    @Test func aClusterThatWouldPruneSessionsIsToldApart() async throws {
        try await check(.success(definition(["sessionPersistence": [:], "matches": [:]])))
        let failure = await #expect(throws: RouteFailure.self) {
            try await check(.success(definition(["matches": [:]])))
        }
        #expect(failure?.message.contains("this cluster's HTTPRoute has no sessionPersistence") == true)
    }

    @Test func aDefinitionThatMayNotBeReadIsNoReasonAgainstARoute() async throws {
        try await check(.failure(KubernetesError(.forbidden, "may not read definitions")))
    }
}

/// Knows one object.
private struct OneAnswer: KubernetesAPI {
    let answer: Result<JSON, KubernetesError>

    func read(_ object: ObjectReference, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        guard object.kind.kind == "CustomResourceDefinition",
            object.name == "httproutes.gateway.networking.k8s.io"
        else { throw KubernetesError(.missing, "\(object) not found") }
        return try answer.get()
    }

    func list(_ query: ObjectQuery, _ urgency: Urgency) async throws(KubernetesError) -> ObjectList {
        throw KubernetesError(.forbidden, "may not list")
    }

    func write(_ write: ObjectWrite, _ urgency: Urgency) async throws(KubernetesError) -> JSON {
        throw KubernetesError(.forbidden, "may not write")
    }

    func watch(_ query: ObjectQuery) -> AsyncStream<ObjectEvent> { AsyncStream { $0.finish() } }
}
