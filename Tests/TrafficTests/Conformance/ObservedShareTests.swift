import Engine
import Rollouts
import Testing
import Transport

@testable import Traffic

/// The last level of proof, for every router: requests are counted where the shares send them. Whatever is counted, or
/// isn't, nothing waits for it for ever, and no route falls for it.
@Suite(.cluster(RouterStage.kinds), .timeLimit(.minutes(2))) struct ObservedShareTests {
    private let cluster = testCluster()

    @Test(arguments: RouterStage.all)
    func requestsThatGoWhereTheyShouldProveTheRoute(stage: RouterStage) async throws {
        let evidence = try await evidence(stage, [1_000, 0], [1_010, 0], [1_160, 40])
        let names = stage.target.backends.names
        #expect(
            evidence.hasSuffix("; observed \(names[0]) 80.0%, \(names[1]) 20.0% of 200 requests"),
            "\(evidence)")
    }

    @Test(arguments: RouterStage.all)
    func withoutTrafficTheRouteStandsAtTheLevelBelow(stage: RouterStage) async throws {
        let evidence = try await evidence(stage, [1_000, 0])
        #expect(evidence.contains("; accepted"), "\(evidence)")
        #expect(evidence.hasSuffix("; not observed: 0 requests, too few to tell"), "\(evidence)")
    }

    /// Counts are late, and sidecars have sessions: a share is said, and an order is not undone for it.
    @Test(arguments: RouterStage.all)
    func sharesThatDifferAreSaid(stage: RouterStage) async throws {
        let evidence = try await evidence(stage, [0, 0], [500, 0])
        let names = stage.target.backends.names
        #expect(
            evidence.hasSuffix(
                "; not observed: the callers' proxies counted \(names[0]) 100.0%, \(names[1]) 0.0% of 500 requests"
            ), "\(evidence)")
    }

    @Test(arguments: RouterStage.all)
    func aPrometheusThatIsAwayIsSaid(stage: RouterStage) async throws {
        let evidence = try await evidence(stage, by: NobodyToAsk())
        #expect(evidence.contains("; not observed: Prometheus at http://prometheus:9090: "), "\(evidence)")
    }

    /// The readings one after the other; the last one stays.
    private func evidence(_ stage: RouterStage, _ readings: [Int]...) async throws -> String {
        let answers = readings.map { counts in
            HTTPResponse.counts(by: stage.countLabel, Array(zip(stage.target.backends.names, counts)))
        }
        return try await evidence(stage, by: Answers(["/api/v1/query": answers]))
    }

    private func evidence(_ stage: RouterStage, by sender: any HTTPSender) async throws -> String {
        let means = RouterMeans(level: .observed, prometheus: "http://prometheus:9090", sender: sender)
        let router = stage.set(on: cluster, means)
        let evidence = try await router.confirm(router.write(stage.write(split(20)))).text
        await router.close()
        return evidence
    }
}

/// What a real Envoy counts itself.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ObservedEnvoyTests {
    private func evidence(isAsked: Bool) async throws -> String {
        let mesh = try await Mesh()
        let router = try EnvoyRouter(
            EnvoySettings(
                folder: mesh.envoy.routes, admins: [mesh.envoy.admin], level: .observed,
                countsMax: isAsked ? 8 : 2),
            sender: mesh.client)
        let url = "http://127.0.0.1:\(mesh.envoy.port)/"
        let load = Task { [client = mesh.client] in
            while isAsked, !Task.isCancelled {
                _ = try? await client.send(HTTPRequest(.get, url, timeout: .seconds(2)))
            }
        }
        defer { load.cancel() }
        return try await router.confirm(router.write(order(try split(20), since: 50))).text
    }

    @Test func aShareIsProvedByTheEnvoysOwnCounts() async throws {
        let evidence = try await evidence(isAsked: true)
        #expect(evidence.contains(" shows version 50."), "\(evidence)")
        #expect(evidence.contains("; observed web-a ") && evidence.hasSuffix(" requests"), "\(evidence)")
    }

    @Test func withoutTrafficTheRouteIsInForceAllTheSame() async throws {
        let evidence = try await evidence(isAsked: false)
        #expect(evidence.hasSuffix("; not observed: 0 requests, too few to tell"), "\(evidence)")
    }
}

extension HTTPResponse {
    fileprivate static func counts(by label: String, _ counts: [(String, Int)]) -> HTTPResponse {
        let series = counts.map { value, count -> JSON in
            ["metric": [label: .string(value)], "value": [1_763_837_280.5, .string("\(count)")]]
        }
        let body: JSON = ["status": "success", "data": ["resultType": "vector", "result": .array(series)]]
        return HTTPResponse(status: 200, body: body.bytes)
    }
}
