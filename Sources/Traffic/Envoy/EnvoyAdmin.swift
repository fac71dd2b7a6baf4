import Rollouts
import Transport

/// Asks one Envoy's admin interface what it has.
struct EnvoyAdmin: Sendable {
    let settings: EnvoySettings.Admin
    let timeout: Duration
    let sender: any HTTPSender

    var name: String { "Envoy at \(settings.address)" }

    /// The configurations that Envoy has under a route's name: one for each listener that asks for it.
    func routes(named route: String) async throws(AdminFailure) -> [ShownRoute] {
        shownRoutes(in: try await ask(.routes(named: route)))
    }

    /// None where no listener asks for the route.
    func updates(of route: String) async throws(AdminFailure) -> RouteUpdates? {
        RouteUpdates(stats: try await ask(.updates(of: route)))
    }

    func clusters() async throws(AdminFailure) -> Set<String> {
        var names: Set<String> = []
        for question in AdminQuestion.clusters { names.formUnion(clusterNames(in: try await ask(question))) }
        return names
    }

    /// The file that Envoy logs to, where it was started with one.
    func logPath() async throws(AdminFailure) -> String? {
        if let log = settings.log { return log }
        let path = try await ask(.serverInfo)["command_line_options"]["log_path"].string
        return path == "" ? nil : path
    }

    func ask(_ question: AdminQuestion) async throws(AdminFailure) -> JSONTree {
        let response: HTTPResponse
        do {
            response = try await sender.send(question.request(to: settings.address, timeout: timeout))
        } catch {
            throw AdminFailure(message: error.message, isCancellation: error.kind == .cancelled)
        }
        let answer = JSONTree(parsing: response.body)
        guard response.status == 200, answer.value != nil else {
            throw AdminFailure(message: "answered \(response.status), which is no admin interface of Envoy")
        }
        return answer
    }
}

/// Why an admin interface gave no answer.
struct AdminFailure: Error, Hashable {
    let message: String
    var isCancellation = false
}

/// What is asked, as the path and query of a GET.
struct AdminQuestion: Hashable, Sendable {
    let path: String

    static func routes(named route: String) -> AdminQuestion {
        AdminQuestion(path: "/config_dump?resource=dynamic_route_configs&name_regex=%5E\(pattern(route))%24")
    }

    /// Envoy puts the listener's `stat_prefix`, which is not ours to know, before the route's name.
    static func updates(of route: String) -> AdminQuestion {
        let counters = "(update_attempt%7Cupdate_rejected%7Cupdate_failure)"
        return AdminQuestion(
            path: "/stats?format=json&filter=%5Ehttp%5C..*%5C.rds%5C.\(pattern(route))%5C.\(counters)%24")
    }

    static let clusters = ["static_clusters", "dynamic_active_clusters"].map {
        AdminQuestion(path: "/config_dump?resource=\($0)&mask=cluster.name")
    }

    static let serverInfo = AdminQuestion(path: "/server_info")

    func request(to address: String, timeout: Duration) -> HTTPRequest {
        let isSocket = address.hasPrefix("unix:")
        var base = isSocket ? "http://envoy" : address
        while base.hasSuffix("/") { base.removeLast() }
        let connection = ConnectionOptions(
            unixSocket: isSocket ? String(address.dropFirst(5)) : nil, version: .http1, proxy: .none)
        return HTTPRequest(.get, base + path, timeout: timeout, connection: connection)
    }
}

/// A route's name has letters, digits, `_`, `-` and dots; only the dot means something in a pattern.
func pattern(_ route: String) -> String {
    route.split(separator: ".", omittingEmptySubsequences: false).joined(separator: "%5C.")
}
