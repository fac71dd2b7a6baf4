package import Kubernetes
import TestCluster
package import Transport

/// What a test's own people see and do in the cluster, as `Cluster` has it for the double alone.
extension APIServer {
    /// None where it is not there.
    package func object(_ reference: ObjectReference) async throws -> JSON? {
        let reply = try await ask(.get, reference.path)
        // `nil` alone would be JSON's null.
        return reply.status == 404 ? JSON?.none : try reply.agreed()
    }

    package func objects(
        _ kind: ResourceKind, in namespace: String, labels: String = ""
    ) async throws -> [JSON] {
        let query = labels.isEmpty ? "" : "?labelSelector=\(labels)"
        let reply = try await ask(.get, kind.path(in: namespace) + query)
        return try reply.agreed()["items"]?.array ?? []
    }

    /// What a cluster refuses is a mistake in the test.
    @discardableResult
    package func create(
        _ object: JSON, _ kind: ResourceKind, in namespace: String? = nil
    ) async throws -> JSON {
        try await ask(.post, kind.path(in: namespace), object.of(kind)).agreed()
    }

    /// Changes an object, as somebody else would, whichever version it has. `subresource` is `status` or none.
    @discardableResult
    package func edit(
        _ reference: ObjectReference, _ subresource: String? = nil, as manager: String = "test",
        _ change: (inout JSON) -> Void
    ) async throws -> JSON {
        let path = reference.path + (subresource.map { "/" + $0 } ?? "") + "?fieldManager=\(manager)"
        for _ in 0..<50 {
            guard var object = try await object(reference) else { break }
            change(&object)
            let reply = try await ask(.put, path, object)
            // Somebody was faster.
            if reply.status != 409 { return try reply.agreed() }
        }
        throw ServerFailure(description: "\(reference) can't be edited")
    }

    package func delete(_ reference: ObjectReference) async throws {
        _ = try await ask(.delete, reference.path).agreed()
    }
}

extension APIServer.Reply {
    fileprivate func agreed() throws -> JSON {
        guard (200..<300).contains(status) else {
            throw ServerFailure(description: "the server refused a test's own request: \(text)")
        }
        return json
    }
}

extension JSON {
    /// A real server wants to be told what it gets.
    fileprivate func of(_ kind: ResourceKind) -> JSON {
        var object = self
        object["apiVersion"] = JSON(kind.apiVersion)
        object["kind"] = JSON(kind.kind)
        return object
    }
}
