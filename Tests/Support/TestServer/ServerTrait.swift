import Foundation
import Kubernetes
package import TestCluster
package import Testing
import Transport

extension Trait where Self == ServerTrait {
    /// One API server for the suite, `APIServer.shared`, with these kinds and, where it is wanted, with pods.
    package static func apiServer(
        _ kinds: Set<CustomKinds>, _ definitions: Definitions? = nil, keeper: PodKeeper? = nil
    ) -> Self {
        ServerTrait(kinds: kinds, definitions: definitions, keeper: keeper)
    }
}

/// Runs a suite beside one API server that serves these kinds beside its own.
///
/// `KUBEBUILDER_ASSETS` names a folder with `etcd` and `kube-apiserver`, as envtest has it; without it, the double runs.
package struct ServerTrait: SuiteTrait, TestScoping {
    let kinds: Set<CustomKinds>
    let definitions: Definitions?
    /// Acts over HTTP on either server, as controllers do.
    let keeper: PodKeeper?

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let http = CurlClient()
        do {
            try await run(http, function)
            await http.shutdown()
        } catch {
            await http.shutdown()
            throw error
        }
    }

    private func run(_ http: CurlClient, _ function: @Sendable () async throws -> Void) async throws {
        let assets = ProcessInfo.processInfo.environment["KUBEBUILDER_ASSETS"] ?? ""
        try await withoutActuallyEscaping(function) { function in
            if assets.isEmpty {
                try await runBesideDouble(http, function)
            } else {
                try await runBesideRealServer(assets, http, function)
            }
        }
    }

    private func runBesideDouble(
        _ http: CurlClient, _ function: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withCluster(kinds) { cluster in
            if let definitions { cluster.install(definitions) }
            let rule = AccessRule(["*"], groups: ["*"], ["*"])
            cluster.setAccess(
                .accounts([
                    APIServer.token: Account("admin", [rule]),
                    APIServer.powerlessToken: Account("powerless", []),
                ]))
            try await withPods(APIServer(cluster, http), function)
        }
    }

    private func runBesideRealServer(
        _ assets: String, _ http: CurlClient, _ function: @Sendable () async throws -> Void
    ) async throws {
        try await withRealServer(assets, http) { server in
            for definition in kinds.map(\.definition) + (definitions?.documents ?? []) {
                try await server.install(definition)
            }
            try await withPods(server, function)
        }
    }

    private func withPods(
        _ server: APIServer, _ function: @Sendable () async throws -> Void
    ) async throws {
        let keeping = keeper.map { keeper in
            let unhurried = PaceLimits(perSecond: 10_000, burst: 10_000, atOnce: 100)
            let remote = RemoteKeeper(keeper, api: server.client(.init(pace: unhurried)))
            return Task { await remote.run() }
        }
        let outcome: Result<Void, any Error>
        do {
            try await APIServer.$shared.withValue(server) { try await function() }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        keeping?.cancel()
        await keeping?.value
        try outcome.get()
    }
}
