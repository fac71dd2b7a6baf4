import Foundation
package import Kubernetes
import Logging
package import TestCluster
package import Transport

/// An API server as a test speaks with it: over bare HTTP, so that nothing comes between what it says and what is
/// expected. Which one it is, the double or a real one, no test knows.
package struct APIServer: Sendable {
    /// May do everything.
    package static let token = "conformance"
    /// May do nothing, but is known.
    package static let powerlessToken = "powerless"

    /// Of the suite that runs; see `ServerTrait`.
    @TaskLocal package static var shared: APIServer?

    package let url: String
    package let http: CurlClient
    package let connection: ConnectionOptions

    init(url: String, http: CurlClient, connection: ConnectionOptions) {
        (self.url, self.http, self.connection) = (url, http, connection)
    }

    /// The double, which a test holds in its hands.
    package init(_ cluster: Cluster, _ http: CurlClient) {
        self.init(url: cluster.url, http: http, connection: .init(proxy: .none))
    }

    package struct Reply: Sendable {
        package let status: Int
        package let headers: HTTPHeaders
        package let text: String
        /// Null where the answer is no JSON.
        package let json: JSON

        package init(_ response: HTTPResponse) {
            (status, headers) = (response.status, response.headers)
            text = String(decoding: response.body, as: UTF8.self)
            json = (try? JSON(parsing: text)) ?? .null
        }
    }

    package func ask(
        _ method: HTTPMethod, _ path: String, _ body: JSON? = nil, as type: String = "application/json",
        token: String? = token
    ) async throws -> Reply {
        var headers: HTTPHeaders = ["User-Agent": "tests/1.0 (conformance)"]
        if body != nil { headers["Content-Type"] = type }
        if let token { headers["Authorization"] = "Bearer \(token)" }
        return Reply(
            try await http.send(
                HTTPRequest(method, url + path, headers: headers, body: body?.bytes, connection: connection)))
    }

    /// The events of a watch that lasts a second or two.
    package func watch(_ path: String, _ query: String, seconds: Int = 1) async throws -> [JSON] {
        let separator = path.contains("?") ? "&" : "?"
        let whole = path + "\(separator)watch=true&timeoutSeconds=\(seconds)&\(query)"
        let lines = try await ask(.get, whole).text.split(separator: "\n")
        return try lines.map { try JSON(parsing: String($0)) }
    }

    /// The client that runs, asking this server.
    package func client(
        _ settings: KubernetesClient.Settings = .init(), token: String = token,
        sender: (any HTTPSender)? = nil
    ) -> KubernetesClient {
        KubernetesClient(
            ClusterAccess(server: url, connection: connection, credentials: .token(token)),
            sender: sender ?? http, settings: settings,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

extension APIServer.Reply {
    package var message: String { json["message"]?.string ?? "" }
    package var reason: String { json["reason"]?.string ?? "" }
    package var version: String { json["metadata"]?["resourceVersion"]?.string ?? "" }
    package var generation: Int? { json["metadata"]?["generation"]?.integer }
    package var causes: [String] {
        json["details"]?["causes"]?.array?.compactMap { $0["field"]?.string } ?? []
    }

    /// `["pd Apply": ["f:spec": …]]`
    package var owners: [String: JSON] {
        let entries = json["metadata"]?["managedFields"]?.array ?? []
        return Dictionary(
            entries.map { entry in
                let place = entry["subresource"]?.string.map { " " + $0 } ?? ""
                let name = (entry["manager"]?.string ?? "") + " " + (entry["operation"]?.string ?? "")
                return (name + place, entry["fieldsV1"] ?? .null)
            }
        ) { first, _ in first }
    }
}

/// What a test can't go on without.
package struct ServerFailure: Error, CustomStringConvertible {
    package let description: String
}

extension APIServer {
    /// A namespace that nobody else has, by its name.
    package func makeNamespace() async throws -> String {
        let made = try await ask(
            .post, "/api/v1/namespaces", ["metadata": ["generateName": "conformance-"]])
        guard made.status == 201, let name = made.json["metadata"]?["name"]?.string else {
            throw ServerFailure(description: "no namespace was made: \(made.text)")
        }
        return name
    }

    /// Defines a kind and waits until it is served.
    func install(_ definition: JSON) async throws {
        let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        let name = definition["metadata"]?["name"]?.string ?? ""
        let reply = try await ask(.post, path, definition)
        guard reply.status == 201 else { throw ServerFailure(description: reply.text) }
        for _ in 0..<300 {
            let conditions = try await ask(.get, "\(path)/\(name)").json["status"]?["conditions"]?
                .array
            let isThere = conditions?.contains { $0["type"] == "Established" && $0["status"] == "True" }
            if isThere == true { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw ServerFailure(description: "\(name) is not established after 15 s")
    }
}
