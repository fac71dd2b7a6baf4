import Lab
import Rollouts
import Testing
import Transport

@testable import Engine
@testable import Traffic

/// The service `web` with the subsets `web-a` and `web-b`, by a slot in the service's Meta.
func consulTarget(
    _ names: [String] = ["web-a", "web-b"], _ change: (inout ConsulTarget) -> Void = { _ in }
) throws -> TrafficTarget {
    var consul = ConsulTarget(
        service: "web", filters: names.map { "Service.Meta.slot == \"\($0)\"" }, proto: "http")
    change(&consul)
    return TrafficTarget(
        router: "consul", backends: try #require(Backends(names: names)), settings: consul.settings,
        namesReleases: consul.releaseMeta == nil ? nil : true)
}

/// A target whose subsets are pointed at releases.
func releasesTarget() throws -> TrafficTarget {
    try consulTarget {
        $0.filters = []
        $0.releaseMeta = "release"
    }
}

func consulWrite(
    _ route: Route, _ target: TrafficTarget, since: Rollouts.Sequence = 1,
    previous: Rollouts.Sequence? = nil, journal: String = "north", occupants: [Place: String] = [:],
    isRollback: Bool = false
) -> RouteWrite {
    RouteWrite(
        rollout: RolloutName("web"), target: target, route: route, since: since, previous: previous,
        journal: journal, occupants: occupants, isRollback: isRollback)
}

/// So many hundredths of a percent for place b.
func hundredths(_ count: Int) throws -> Route {
    Route(giving: [(.b, try #require(Weight(hundredthsOfPercent: count)))], rest: .a)
}

/// What people and other programs do with a Consul.
struct ConsulHand: Sendable {
    let url: String
    let http: any HTTPSender
    var token: String?

    func entry(_ kind: EntryName.Kind, _ name: String = "web") async throws -> JSON? {
        let response = try await send(.get, "/v1/config/\(kind.rawValue)/\(name)", nil)
        // A bare nil would be JSON's null.
        return response.status == 404 ? JSON?.none : try JSON(parsing: response.body)
    }

    /// Without Consul's numbers.
    func content(_ kind: EntryName.Kind) async throws -> JSON? {
        try await entry(kind).map(ConsulEntry.content)
    }

    /// By subset, as they are stored.
    func weights() async throws -> [String: Double] {
        let splits = try await entry(.splitter)?["Splits"]?.array ?? []
        return Dictionary(
            splits.compactMap { split in
                split["ServiceSubset"]?.string.map { ($0, split["Weight"]?.number ?? 0) }
            }
        ) { _, last in last }
    }

    func index(_ kind: EntryName.Kind = .splitter) async throws -> Int? {
        try await entry(kind)?["ModifyIndex"]?.integer
    }

    func put(_ entry: JSON) async throws {
        let response = try await send(.put, "/v1/config", entry)
        guard response.isSuccess else { throw Trouble(response) }
    }

    /// As somebody in a hurry does it.
    func edit(_ kind: EntryName.Kind, _ change: (inout JSON) -> Void) async throws {
        var entry = try #require(try await content(kind))
        change(&entry)
        try await put(entry)
    }

    func delete(_ kind: EntryName.Kind, _ name: String = "web") async throws {
        _ = try await send(.delete, "/v1/config/\(kind.rawValue)/\(name)", nil)
    }

    /// An instance that speaks for itself in the mesh, healthy or not.
    func register(
        _ id: String, of service: String = "web", port: Int = 9001, meta: [String: String],
        isHealthy: Bool = true
    ) async throws {
        let status: JSON = isHealthy ? "passing" : "critical"
        let body: JSON = [
            "ID": .string(id), "Name": .string(service), "Address": "127.0.0.1", "Port": JSON(port),
            "Meta": JSON(meta), "Connect": ["Native": true],
            "Check": ["TTL": "1h", "Status": status],
        ]
        let response = try await send(.put, "/v1/agent/service/register", body)
        guard response.isSuccess else { throw Trouble(response) }
    }

    /// An agent that was started again holds its checks for critical until somebody speaks, and takes its time to tell
    /// the servers.
    func speakWell(of id: String, service: String = "web") async throws {
        let response = try await send(.put, "/v1/agent/check/pass/service:\(id)", nil)
        guard response.isSuccess else { throw Trouble(response) }
        for _ in 0..<300 {
            let response = try await send(.get, "/v1/health/connect/\(service)?passing=1", nil)
            let found = try? JSON(parsing: response.body).array
            if found?.contains(where: { $0["Service"]["ID"]?.string == id }) == true { return }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @discardableResult
    func send(_ method: HTTPMethod, _ path: String, _ body: JSON?) async throws -> HTTPResponse {
        var headers: HTTPHeaders = [:]
        if let token { headers["X-Consul-Token"] = token }
        return try await http.send(
            HTTPRequest(method, url + path, headers: headers, body: body?.bytes, timeout: .seconds(5)))
    }

    struct Trouble: Error, CustomStringConvertible {
        let description: String

        init(_ response: HTTPResponse) {
            description = "\(response.status): \(String(decoding: response.body, as: UTF8.self))"
        }
    }
}

/// A real Consul in which both releases of `web` run, and a router that speaks with it.
func withConsul(
    keepsData: Bool = false, _ body: (ConsulRouter, ConsulHand, ConsulProcess) async throws -> Void
) async throws {
    let tools = Tools(envoy: "", prometheus: "")
    try await withLab(tools: tools) { rig in
        let consul = try await rig.startConsul(keepsData: keepsData)
        let hand = ConsulHand(url: consul.url, http: rig.http)
        try await hand.register("web-1", meta: ["slot": "web-a", "release": "v1"])
        try await hand.register("web-2", meta: ["slot": "web-b", "release": "v2"])
        let router = consulRouter(consul, rig)
        try await body(router, hand, consul)
        await router.close()
    }
}

func consulRouter(
    _ consul: ConsulProcess, _ rig: Rig, epoch: Int? = nil,
    _ change: (inout ConsulSettings) -> Void = { _ in }
) -> ConsulRouter {
    var settings = ConsulSettings(address: consul.url, settle: .milliseconds(1))
    change(&settings)
    return ConsulRouter(settings, sender: rig.http, epoch: { epoch })
}

/// Writes and confirms.
@discardableResult
func carry(_ write: RouteWrite, by router: ConsulRouter) async throws -> String {
    try await router.confirm(try await router.write(write)).text
}
