import Kubernetes
import TestCluster
import TestServer
import Testing
import Transport

/// A cluster and a client of bare HTTP beside it.
struct Beside: Sendable {
    let cluster: Cluster
    let http: CurlClient

    func send(
        _ method: HTTPMethod, _ path: String, _ body: JSON? = nil, token: String? = nil,
        timeout: Duration = .seconds(10)
    ) async throws -> APIServer.Reply {
        var headers: HTTPHeaders = ["User-Agent": "tests/1.0", "Content-Type": "application/json"]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        return APIServer.Reply(
            try await http.send(
                HTTPRequest(
                    method, cluster.url + path, headers: headers, body: body?.bytes, timeout: timeout,
                    connection: .init(proxy: .none))))
    }
}

extension Beside {
    func expect(
        _ status: Int, _ method: HTTPMethod, _ path: String, _ body: JSON? = nil, token: String? = nil,
        at place: SourceLocation = #_sourceLocation
    ) async throws {
        let reply = try await send(method, path, body, token: token)
        #expect(reply.status == status, "\(reply.text)", sourceLocation: place)
    }
}

func withClusterAndClient(
    _ kinds: Set<CustomKinds> = [], historyMax: Int = 1000, keeper: PodKeeper? = nil,
    _ body: @escaping @Sendable (Beside) async throws -> Void
) async throws {
    try await withCluster(kinds, historyMax: historyMax, keeper: keeper) { cluster in
        let http = CurlClient()
        do {
            try await body(Beside(cluster: cluster, http: http))
            await http.shutdown()
        } catch {
            await http.shutdown()
            throw error
        }
    }
}
