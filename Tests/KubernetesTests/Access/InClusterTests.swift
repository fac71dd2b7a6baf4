import Foundation
import Testing

@testable import Kubernetes
@testable import Transport

private let environment = ["KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"]

private func withAccount<Value>(
    _ files: [String: String] = ["token": "t", "ca.crt": "c", "namespace": "shop\n"],
    _ body: (String) throws -> Value
) async throws -> Value {
    try await withFolder { folder in
        for (name, text) in files {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        return try body(folder)
    }
}

@Suite struct InClusterTests {
    @Test func aPodAsksWithItsOwnAccount() async throws {
        try await withAccount { folder in
            let access = try ClusterAccess.inCluster(environment: environment, folder: folder)
            #expect(access.server == "https://10.0.0.1:443")
            #expect(access.namespace == "shop")
            #expect(access.credentials == .tokenFile(folder + "/token"))
            #expect(access.connection.authorities == .only(.file(folder + "/ca.crt")))
            #expect(access.connection.proxy == .none, "the API server is never behind the way out")
        }
    }

    @Test func anAddressOfVersionSixStandsInBrackets() async throws {
        try await withAccount { folder in
            var environment = environment
            environment["KUBERNETES_SERVICE_HOST"] = "fd00::1"
            let access = try ClusterAccess.inCluster(environment: environment, folder: folder)
            #expect(access.server == "https://[fd00::1]:443")
        }
    }

    @Test func aPodWithoutANamespaceFileIsInDefault() async throws {
        try await withAccount(["token": "t", "ca.crt": "c"]) { folder in
            let access = try ClusterAccess.inCluster(environment: environment, folder: folder)
            #expect(access.namespace == "default")
        }
    }

    @Test(arguments: ["token", "ca.crt"]) func aMissingFileIsNamed(name: String) async throws {
        try await withAccount(["token": "t", "ca.crt": "c"].filter { $0.key != name }) { folder in
            let error = #expect(throws: AccessError.self) {
                try ClusterAccess.inCluster(environment: environment, folder: folder)
            }
            #expect(error?.description.hasPrefix("\(folder)/\(name) can't be read; ") == true)
        }
    }

    @Test func outsideOfAPodPeopleAreToldWhatToDo() {
        let error = #expect(throws: AccessError.self) { try ClusterAccess.inCluster(environment: [:]) }
        #expect(error?.description.hasSuffix("name a kubeconfig") == true)
    }
}
