import Foundation
import Kubernetes
import Manifests
import TestCluster
import TestServer
import Testing
import Transport

/// Our definitions on an API server: the double in `make test`, a real one in `make test-kubernetes`, which has its own
/// mind about what a schema is and what a rule may cost.
@Suite(.serialized, .apiServer([], definitions), .timeLimit(.minutes(5)))
struct DefinitionsOnServerTests {
    @Test func everyDocumentThatSaysEverythingIsTaken() async throws {
        let gate = try await Gate()
        for document in try ours(wholeDocuments) {
            let reply = try await gate.complaint(about: document)
            #expect(reply == nil, "\(document["metadata"]?["name"]?.string ?? "")")
        }
    }

    /// What `Definitions` says without a server, and all tests of agreement rely on, is what a server says.
    @Test func mutilatedDocumentsAreRefusedAsTheDefinitionsSay() async throws {
        let gate = try await Gate()
        var counts = (taken: 0, refused: 0)
        for document in try ours(wholeDocuments) {
            // Every so-many-th: a server takes its time.
            for mutant in (document["spec"]?.mutants ?? []).every(7) {
                var whole = document
                whole["spec"] = mutant
                let complaint = try await gate.complaint(about: whole)
                let expected = definitions.complaints(about: whole)
                #expect(
                    (complaint == nil) == expected.isEmpty,
                    "\(whole.text): \(complaint ?? "taken") instead of \(expected)")
                if complaint == nil { counts.taken += 1 } else { counts.refused += 1 }
            }
        }
        #expect(counts.taken > 50 && counts.refused > 300, "\(counts)")
    }

    @Test func aRolloutIsScaledByTheScaleSubresource() async throws {
        let gate = try await Gate()
        let rollout = try #require(try ours(wholeDocuments).first)
        let kind = try #require(ResourceKind.ours(rollout))
        let name = rollout["metadata"]["name"]?.string ?? ""
        var object = rollout
        object["metadata"]["namespace"] = .string(gate.namespace)
        try await gate.server.create(object, kind, in: gate.namespace)
        let reference = ObjectReference(kind, name, in: gate.namespace)
        try await gate.server.edit(reference, "status") {
            $0["status"] = ["HPAReplicas": 3, "selector": "app=web", "phase": "Healthy"]
        }
        let path = reference.path + "/scale"
        let scale = try await gate.server.ask(.get, path).json
        #expect(scale["spec"] == ["replicas": 3])
        #expect(scale["status"] == ["replicas": 3, "selector": "app=web"])
        _ = try await gate.server.ask(
            .patch, path, ["spec": ["replicas": 5]], as: "application/merge-patch+json")
        #expect(try await gate.server.object(reference)?["spec"]["replicas"] == 5)
    }
}

/// Asks a server what it would say.
private struct Gate {
    let server: APIServer
    let namespace: String

    init() async throws {
        server = try #require(APIServer.shared, "the suite needs the trait .apiServer")
        namespace = try await server.makeNamespace()
    }

    /// None: it would take it.
    func complaint(about document: JSON) async throws -> String? {
        let kind = try #require(ResourceKind.ours(document))
        var object = document
        object["metadata"]["namespace"] = kind.isNamespaced ? .string(namespace) : nil
        let path = kind.path(in: kind.isNamespaced ? namespace : nil)
        let reply = try await server.ask(.post, path + "?dryRun=All&fieldValidation=Strict", object)
        return reply.status == 201 ? nil : "\(reply.status): \(reply.message)"
    }
}

extension [JSON] {
    fileprivate func every(_ stride: Int) -> [JSON] {
        enumerated().filter { $0.offset.isMultiple(of: stride) }.map(\.element)
    }
}
