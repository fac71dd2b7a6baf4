import Rollouts
import Testing
import Transport

@testable import Engine
@testable import Traffic

/// A real Envoy, the router that writes its route, and a client before it.
final class Mesh {
    let envoy: LabEnvoy
    let client = CurlClient()
    let router: EnvoyRouter
    private var since: Rollouts.Sequence = 1

    init(isTracing: Bool = false) async throws {
        envoy = try LabEnvoy(isTracing: isTracing)
        router = try EnvoyRouter(EnvoySettings(folder: envoy.routes, admins: [envoy.admin]), sender: client)
        _ = try await router.write(order(.all(to: .a)))
        try await envoy.startServing(client)
    }

    /// Returns when Envoy shows the route.
    @discardableResult
    func apply(
        _ route: Route, places: Int = 2, settings: [String: String] = [:]
    ) async throws -> RouteEvidence {
        since += 1
        let write = try order(route, places: places, since: since, settings: settings)
        let confirmation = Task { [router] in try await router.confirm(router.write(write)) }
        // A route that does not come shall say why, and not run into the time limit of the test.
        let deadline = Task {
            try await Task.sleep(for: .seconds(20))
            confirmation.cancel()
        }
        defer { deadline.cancel() }
        let evidence = try await confirmation.value
        // Each of Envoy's workers takes it over from the main thread a moment later.
        try await Task.sleep(for: .milliseconds(20))
        return evidence
    }

    func observe(places: Int = 2) async throws -> ObservedRoute? {
        try await router.observe(RolloutName("web"), order(.all(to: .a), places: places).target)
    }

    /// Which place answers, and what cookie comes with that.
    func get(
        _ path: String = "/", _ headers: HTTPHeaders = [:], method: HTTPMethod = .get
    ) async throws -> (place: String, cookie: String?) {
        let url = "http://127.0.0.1:\(envoy.port)\(path)"
        let answer = try await client.send(HTTPRequest(method, url, headers: headers, timeout: .seconds(10)))
        let cookie = answer.headers["set-cookie"].map { String($0.prefix { $0 != ";" }) }
        return (answer.isSuccess ? String(decoding: answer.body, as: UTF8.self) : "\(answer.status)", cookie)
    }

    /// How many requests a cluster has got.
    func requests(to place: Place) async throws -> Int {
        let path = "/stats?format=json&filter=%5Ecluster%5C.web-\(place.rawValue)%5C.upstream_rq_total%24"
        let answer = try await client.send(HTTPRequest(.get, envoy.admin.address + path))
        return JSONTree(parsing: answer.body)["stats"].single["value"].number ?? 0
    }
}
