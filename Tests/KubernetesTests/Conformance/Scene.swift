import Foundation
import Kubernetes
import TestServer
import Testing
import Transport

/// A namespace of the test's own.
struct Scene: Sendable {
    let server: APIServer
    let namespace: String

    init() async throws {
        server = try #require(APIServer.shared, "the suite has no server; is it inside of Conformance?")
        namespace = try await server.makeNamespace()
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
