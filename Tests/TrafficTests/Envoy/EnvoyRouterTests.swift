import Engine
import Foundation
import Rollouts
import Testing
import Transport

@testable import Traffic

/// Against a real Envoy.
@Suite(.serialized, .timeLimit(.minutes(1))) final class EnvoyRouterTests {
    let envoy: LabEnvoy
    let client = CurlClient()
    let router: EnvoyRouter

    init() throws {
        envoy = try LabEnvoy()
        router = try EnvoyRouter(EnvoySettings(folder: envoy.routes, admins: [envoy.admin]), sender: client)
    }

    @Test func anAppliedRouteIsProvedByVersionAndWeights() async throws {
        try await route(0, since: 1)
        try await envoy.startServing(client)
        let evidence = try await confirm(20, since: 12)
        let version = try document(order(20, since: 12)).version
        #expect(evidence.text == "\(name) shows version \(version) (web-a 80%, web-b 20%)")
        let observed = try await router.observe(RolloutName("web"), order(20).target)
        #expect(observed?.route == order(20).route)
        #expect(observed?.since == 12)
        #expect(observed?.journal == "north")
    }

    @Test func theSameSplitUnderALaterEventIsAppliedToo() async throws {
        try await route(0, since: 1)
        try await envoy.startServing(client)
        try await confirm(0, since: 1)
        try await confirm(0, since: 2)
    }

    @Test func aRejectedRouteIsReportedInEnvoysWordsAndTheLastGoodOneSurvivesARestart() async throws {
        try await route(0, since: 1)
        try await envoy.startServing(client)
        try await confirm(100, since: 2)
        let good = try bytes()
        let failure = await failure(of: order(50, since: 3, b: "web-z"))
        #expect(failure?.kind == .rejected)
        #expect(failure?.message.contains("rejected version 3.") == true)
        #expect(
            failure?.message.contains(
                ": route: unknown weighted cluster 'web-z'; the last good split stays: 2.") == true)
        #expect(try bytes() == good)
        envoy.stop()
        try await envoy.startServing(client)
        #expect(try await answer() == "b")
    }

    @Test func withoutALogTheMissingClusterIsFoundByAsking() async throws {
        try handmade(to: "web-b")
        try await envoy.startServing(client)
        let silent = EnvoySettings.Admin(envoy.admin.address)
        let router = try EnvoyRouter(EnvoySettings(folder: envoy.routes, admins: [silent]), sender: client)
        let receipt = try await router.write(order(50, since: 3, b: "web-z"))
        let failure = await #expect(throws: RouteFailure.self) { try await router.confirm(receipt) }
        #expect(failure?.kind == .rejected)
        #expect(failure?.message.contains("unknown cluster web-z; known: web-a, web-b") == true)
    }

    @Test func theFileThatSomebodyMadeByHandComesBackAfterARejection() async throws {
        try handmade(to: "web-b")
        try await envoy.startServing(client)
        #expect(await failure(of: order(50, b: "web-z"))?.kind == .rejected)
        envoy.stop()
        try await envoy.startServing(client)
        #expect(try await answer() == "b")
    }

    @Test func anEnvoyThatWasStartedWithTheRejectedFileGetsTheLastGoodOne() async throws {
        try await route(0, since: 1)
        try await envoy.startServing(client)
        try await confirm(100, since: 2)
        envoy.stop()
        _ = try await router.write(order(50, since: 3, b: "web-z"))
        try await envoy.startServing(client)
        #expect(await failure(of: order(50, since: 3, b: "web-z"))?.kind == .rejected)
        while try await answer() != "b" { try await Task.sleep(for: .milliseconds(10)) }
    }

    @Test func anEnvoyThatIsDownIsWaitedFor() async throws {
        let receipt = try await router.write(order(20))
        let waiting = Task { [router] in try await router.confirm(receipt) }
        try await envoy.startServing(client)
        #expect(try await waiting.value.text.hasPrefix("\(name) shows version 1."))
    }

    @Test func atTheDeadlineAnEnvoyThatIsDownIsAnOutage() async throws {
        let receipt = try await router.write(order(20))
        let failure = await self.failure(confirming: receipt, for: .milliseconds(300))
        #expect(failure?.kind == .unavailable)
        #expect(failure?.message.hasPrefix("\(name): can't connect: ") == true)
    }

    @Test func aRouteThatNoListenerAsksForIsUnverifiedAndSaysSo() async throws {
        try await route(0, since: 1)
        try await envoy.startServing(client)
        let receipt = try await router.write(order(20, rollout: "shop", settings: ["route": "shop"]))
        let failure = await self.failure(confirming: receipt, for: .seconds(1))
        #expect(failure?.kind == .unverified)
        #expect(failure?.message.contains("none of its listeners asks for a route of that name") == true)
    }

    @Test func allEnvoysOfAFolderHaveToShowTheRoute() async throws {
        try await route(0, since: 1)
        try await envoy.startServing(client)
        let down = EnvoySettings.Admin("http://127.0.0.1:\(freePort())")
        let both = EnvoySettings(folder: envoy.routes, admins: [envoy.admin, down])
        let router = try EnvoyRouter(both, sender: client)
        let receipt = try await router.write(order(20, since: 2))
        let failure = await failure(confirming: receipt, for: .milliseconds(300), by: router)
        #expect(failure?.message.hasPrefix("Envoy at \(down.address): can't connect") == true)
    }

    @Test func anAdminInterfaceBehindASocketIsAskedToo() async throws {
        let envoy = try LabEnvoy(hasAdminSocket: true)
        let settings = EnvoySettings(folder: envoy.routes, admins: [envoy.admin])
        let router = try EnvoyRouter(settings, sender: client)
        let receipt = try await router.write(order(20))
        try envoy.start()
        let evidence = try await router.confirm(receipt)
        #expect(evidence.text.hasPrefix("Envoy at unix:\(envoy.folder)/admin.sock shows version 1."))
    }

    @Test func aRouteThatTheTargetCannotBearIsDeclinedBeforeItIsWritten() async throws {
        let before = try order(.all(to: .c), places: 2)
        let failure = await #expect(throws: RouteFailure.self) { try await self.router.write(before) }
        #expect(failure?.kind == .rejected)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func anEditIsNoticedReadBackAndPutRight() async throws {
        try await route(0, since: 1)
        try await envoy.startServing(client)
        try await confirm(20, since: 2)
        let edited = try bytes().replacing(Array("200000".utf8), with: Array("900000".utf8))
        try Data(edited).write(to: URL(fileURLWithPath: path))
        var disturbances = router.disturbances().makeAsyncIterator()
        #expect(await disturbances.next() == RolloutName("web"))
        let observed = try await router.observe(RolloutName("web"), order(20).target)
        #expect(observed?.route == nil)
        #expect(observed?.text.contains("was edited and bears 2.") == true)
        try await confirm(20, since: 3)
        #expect(try bytes() == document(order(20, since: 3)).bytes)
    }

    @Test func aDeletedFileIsNoticedAndOurOwnWritesAreNot() async throws {
        _ = try await router.write(order(20))
        _ = try await router.write(order(30, since: 2))
        try FileManager.default.removeItem(atPath: path)
        var disturbances = router.disturbances().makeAsyncIterator()
        #expect(await disturbances.next() == RolloutName("web"))
        #expect(try await router.observe(RolloutName("web"), order(20).target) == nil)
        router.close()
        while await disturbances.next() != nil {}
    }

    private var name: String { "Envoy at \(envoy.admin.address)" }
    private var path: String { "\(envoy.routes)/web.json" }

    private func bytes() throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func route(_ percentOnB: Int, since: Rollouts.Sequence) async throws {
        _ = try await router.write(order(percentOnB, since: since))
    }

    @discardableResult
    private func confirm(_ percentOnB: Int, since: Rollouts.Sequence) async throws -> RouteEvidence {
        try await router.confirm(router.write(order(percentOnB, since: since)))
    }

    private func failure(of write: RouteWrite) async -> RouteFailure? {
        do throws(RouteFailure) {
            _ = try await router.confirm(router.write(write))
            return nil
        } catch {
            return error
        }
    }

    /// What is thrown when the deadline, here a cancellation, comes.
    private func failure(
        confirming receipt: RouteReceipt, for limit: Duration, by other: EnvoyRouter? = nil
    ) async -> RouteFailure? {
        let router = other ?? router
        let confirmation = Task { [router] in try await router.confirm(receipt) }
        try? await Task.sleep(for: limit)
        confirmation.cancel()
        return await #expect(throws: RouteFailure.self) { try await confirmation.value }
    }

    private func answer() async throws -> String {
        let response = try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(envoy.port)/"))
        return response.isSuccess ? String(decoding: response.body, as: UTF8.self) : "\(response.status)"
    }

    /// A file such as an operator puts there before the first Envoy starts.
    private func handmade(to cluster: String) throws {
        let rule = #"{"match": {"prefix": "/"}, "route": {"cluster": "\#(cluster)"}}"#
        let host = #"{"name": "web", "domains": ["*"], "routes": [\#(rule)]}"#
        let type = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"
        let file = #"{"resources": [{"@type": "\#(type)", "name": "web", "virtual_hosts": [\#(host)]}]}"#
        try file.write(toFile: path, atomically: true, encoding: .utf8)
    }
}
