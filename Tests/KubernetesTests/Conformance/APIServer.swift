import Foundation
import TestCluster
import Testing
import Transport

/// An API server as a test speaks with it: over bare HTTP, so that nothing comes between what it says and what is
/// expected.
struct APIServer: Sendable {
    static let token = "conformance"

    @TaskLocal static var shared: APIServer?

    let url: String
    let http: CurlClient
    let connection: ConnectionOptions

    struct Reply: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let text: String
        /// Null where the answer is no JSON.
        let json: JSON

        var message: String { json["message"]?.string ?? "" }
        var reason: String { json["reason"]?.string ?? "" }
        var version: String { json["metadata"]?["resourceVersion"]?.string ?? "" }
        var generation: Int? { json["metadata"]?["generation"]?.integer }
        var causes: [String] { json["details"]?["causes"]?.array?.compactMap { $0["field"]?.string } ?? [] }

        /// `["pd Apply": ["f:spec": …]]`
        var owners: [String: JSON] {
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

    func ask(
        _ method: HTTPMethod, _ path: String, _ body: JSON? = nil, as type: String = "application/json",
        token: String? = token
    ) async throws -> Reply {
        var headers: HTTPHeaders = ["User-Agent": "tests/1.0 (conformance)"]
        if body != nil { headers["Content-Type"] = type }
        if let token { headers["Authorization"] = "Bearer \(token)" }
        let response = try await http.send(
            HTTPRequest(method, url + path, headers: headers, body: body?.bytes, connection: connection))
        let text = String(decoding: response.body, as: UTF8.self)
        let json = (try? JSON(parsing: text)) ?? .null
        return Reply(status: response.status, headers: response.headers, text: text, json: json)
    }

    /// The events of a watch that lasts a second or two.
    func watch(_ path: String, _ query: String, seconds: Int = 1) async throws -> [JSON] {
        let separator = path.contains("?") ? "&" : "?"
        let whole = url + path + "\(separator)watch=true&timeoutSeconds=\(seconds)&\(query)"
        let response = try await http.send(
            HTTPRequest(
                .get, whole, headers: ["Authorization": "Bearer \(Self.token)"], connection: connection))
        let lines = String(decoding: response.body, as: UTF8.self).split(separator: "\n")
        return try lines.map { try JSON(parsing: String($0)) }
    }

    /// Defines a kind and waits until it is served.
    func install(_ kind: CustomKinds) async throws {
        let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        let reply = try await ask(.post, path, kind.definition)
        try #require(reply.status == 201, "\(reply.text)")
        for _ in 0..<300 {
            let conditions = try await ask(.get, "\(path)/\(kind.rawValue)").json["status"]?["conditions"]?
                .array
            let isThere = conditions?.contains { $0["type"] == "Established" && $0["status"] == "True" }
            if isThere == true { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("\(kind.rawValue) is not established after 15 s")
    }
}

/// A namespace of the test's own.
struct Scene: Sendable {
    let server: APIServer
    let namespace: String

    init() async throws {
        server = try #require(APIServer.shared, "the suite has no server; is it inside of Conformance?")
        let made = try await server.ask(
            .post, "/api/v1/namespaces", ["metadata": ["generateName": "conformance-"]])
        try #require(made.status == 201, "\(made.text)")
        namespace = made.json["metadata"]?["name"]?.string ?? ""
    }

    func path(_ group: String, _ plural: String, _ rest: String = "") -> String {
        let root = group.contains("/") ? "/apis/\(group)" : "/api/\(group)"
        return "\(root)/namespaces/\(namespace)/\(plural)\(rest)"
    }

    func services(_ rest: String = "") -> String { path("v1", "services", rest) }
    func configMaps(_ rest: String = "") -> String { path("v1", "configmaps", rest) }
    func replicaSets(_ rest: String = "") -> String { path("apps/v1", "replicasets", rest) }
    func virtualServices(_ rest: String = "") -> String {
        path("networking.istio.io/v1", "virtualservices", rest)
    }
    func httpRoutes(_ rest: String = "") -> String {
        path("gateway.networking.k8s.io/v1", "httproutes", rest)
    }
    func rollouts(_ rest: String = "") -> String { path("argoproj.io/v1alpha1", "rollouts", rest) }
    func leases(_ rest: String = "") -> String { path("coordination.k8s.io/v1", "leases", rest) }

    func ask(
        _ method: HTTPMethod, _ path: String, _ body: JSON? = nil, as type: String = "application/json"
    ) async throws -> APIServer.Reply {
        try await server.ask(method, path, body, as: type)
    }

    func apply(
        _ path: String, _ object: JSON, by manager: String, force: Bool = false
    ) async throws -> APIServer.Reply {
        let forced = force ? "&force=true" : ""
        return try await ask(.patch, path + "?fieldManager=\(manager)\(forced)", object, as: .apply)
    }

    func patch(
        _ path: String, _ operations: JSON, by manager: String = "x-patch"
    ) async throws -> APIServer.Reply {
        try await ask(.patch, path + "?fieldManager=\(manager)", operations, as: .jsonPatch)
    }

    func merge(_ path: String, _ change: JSON, by manager: String = "x-merge") async throws -> APIServer.Reply
    {
        try await ask(.patch, path + "?fieldManager=\(manager)", change, as: .mergePatch)
    }
}

extension String {
    static let apply = "application/apply-patch+yaml"
    static let jsonPatch = "application/json-patch+json"
    static let mergePatch = "application/merge-patch+json"
}
