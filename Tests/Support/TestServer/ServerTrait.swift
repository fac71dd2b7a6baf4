import Foundation
package import TestCluster
package import Testing
import Transport

extension Trait where Self == ServerTrait {
    /// One API server for the suite, `APIServer.shared`.
    package static func apiServer(_ kinds: Set<CustomKinds>) -> Self { ServerTrait(kinds: kinds) }
}

/// Runs a suite beside one API server that serves these kinds beside its own.
///
/// `KUBEBUILDER_ASSETS` names a folder with `etcd` and `kube-apiserver`, as envtest has it; without it, the double runs.
package struct ServerTrait: SuiteTrait, TestScoping {
    let kinds: Set<CustomKinds>

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let http = CurlClient()
        let assets = ProcessInfo.processInfo.environment["KUBEBUILDER_ASSETS"] ?? ""
        do {
            if assets.isEmpty {
                try await runBesideDouble(http, function)
            } else {
                try await runBesideRealServer(assets, http, function)
            }
            await http.shutdown()
        } catch {
            await http.shutdown()
            throw error
        }
    }

    private func runBesideDouble(
        _ http: CurlClient, _ function: @Sendable () async throws -> Void
    ) async throws {
        try await withoutActuallyEscaping(function) { function in
            try await withCluster(kinds) { cluster in
                let rule = AccessRule(["*"], groups: ["*"], ["*"])
                cluster.setAccess(
                    .accounts([
                        APIServer.token: Account("admin", [rule]),
                        APIServer.powerlessToken: Account("powerless", []),
                    ]))
                let server = APIServer(url: cluster.url, http: http, connection: .init(proxy: .none))
                try await APIServer.$shared.withValue(server) { try await function() }
            }
        }
    }

    private func runBesideRealServer(
        _ assets: String, _ http: CurlClient, _ function: @Sendable () async throws -> Void
    ) async throws {
        try await withRealServer(assets, http) { server in
            for kind in kinds { try await server.install(kind) }
            try await APIServer.$shared.withValue(server) { try await function() }
        }
    }
}
