import Analysis
import Engine
import Kubernetes
import Logging
import TestCluster
import Testing
import Transport

@testable import Sampling

/// Secrets of an API server.
@Suite(.timeLimit(.minutes(1))) struct ClusterSecretsTests {
    private let token = SecretReference(namespace: "shop", name: "prometheus", key: "token")

    private func withSecrets(_ body: @escaping @Sendable (Cluster, ClusterSecrets) async throws -> Void)
        async throws
    {
        try await withCluster { cluster in
            cluster.create(Self.object, .secret, in: "shop")
            try await body(cluster, ClusterSecrets(client(of: cluster), namespace: "shop"))
        }
    }

    /// `s3cret` with the line break of an editor, and bytes that are no text.
    private static let object: JSON = [
        "metadata": ["name": "prometheus"], "data": ["token": "czNjcmV0Cg==", "blob": "//8="],
    ]

    @Test func aSecretIsReadAnewEachTime() async throws {
        try await withSecrets { cluster, secrets in
            #expect(await text(secrets, token) == "s3cret")
            cluster.edit(ObjectReference(.secret, "prometheus", in: "shop")) { $0["data"]["token"] = "bmV3" }
            #expect(await text(secrets, token) == "new")
        }
    }

    @Test func aManifestWithoutANamespaceMeansTheServersOwn() async throws {
        try await withSecrets { _, secrets in
            #expect(await text(secrets, SecretReference(name: "prometheus", key: "token")) == "s3cret")
        }
    }

    @Test func whatIsNotThereIsNamedAndNotWaitedFor() async throws {
        try await withSecrets { _, secrets in
            let key = await failure(
                secrets, SecretReference(namespace: "shop", name: "prometheus", key: "tokn"))
            #expect(key?.message == "Secret shop/prometheus has no key \"tokn\"; keys: blob, token")
            let blob = await failure(
                secrets, SecretReference(namespace: "shop", name: "prometheus", key: "blob"))
            #expect(blob?.message.hasSuffix("is no text") == true && blob?.message.contains("//8=") == false)
            let gone = await failure(secrets, SecretReference(namespace: "shop", name: "gone", key: "token"))
            #expect(gone?.isOutage == false && gone?.message.contains("gone") == true)
        }
    }

    @Test func aMissingRightIsNamedWithTheRuleToAdd() async throws {
        try await withSecrets { cluster, secrets in
            cluster.setAccess(.accounts(["t": Account("headgate", [])]))
            let client = client(of: cluster, token: "t")
            let found = await failure(ClusterSecrets(client, namespace: "shop"), token)
            #expect(found?.isOutage == false)
            #expect(found?.message.contains(#"resources: ["secrets"]"#) == true, "\(found?.message ?? "")")
            #expect(found?.message.contains(#"verbs: ["get"]"#) == true)
        }
    }

    @Test func aServerInTroubleIsAnOutage() async throws {
        try await withSecrets { cluster, secrets in
            cluster.inject(ClusterFault(.unavailable, .secret, times: 100))
            #expect(await failure(secrets, token)?.isOutage == true)
        }
    }

    private func text(_ secrets: ClusterSecrets, _ secret: SecretReference) async -> String {
        do throws(SecretFailure) {
            return try await secrets.read(secret)
        } catch {
            return "failed: \(error.message)"
        }
    }

    private func failure(_ secrets: ClusterSecrets, _ secret: SecretReference) async -> SecretFailure? {
        do throws(SecretFailure) {
            _ = try await secrets.read(secret)
            return nil
        } catch {
            return error
        }
    }
}

func client(of cluster: Cluster, token: String? = nil) -> KubernetesClient {
    KubernetesClient(
        ClusterAccess(server: cluster.url, credentials: token.map { .token($0) } ?? .none),
        sender: CurlClient(), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
}
