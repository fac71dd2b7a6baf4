import Foundation
import Testing

@testable import Kubernetes
@testable import Transport

private let authority = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
private let authorityData = Data(authority.utf8).base64EncodedString()

/// A file with one cluster, one user and one context; the lines stand where the lists' entries have them.
private func kubeconfig(
    cluster: [String] = ["server: https://10.0.0.1:6443"], user: [String] = ["token: abc"],
    context: [String] = ["cluster: prod", "user: robot"], current: String = "main"
) -> String {
    func entry(_ lines: [String]) -> String { lines.map { "      " + $0 }.joined(separator: "\n") }
    return """
        apiVersion: v1
        kind: Config
        current-context: \(current)
        clusters:
          - name: prod
            cluster:
        \(entry(cluster))
        contexts:
          - name: main
            context:
        \(entry(context))
        users:
          - name: robot
            user:
        \(entry(user))
        """
}

private func access(_ text: String, context: String? = nil) async throws -> ClusterAccess {
    try await withFolder { folder in
        try text.write(toFile: folder + "/config", atomically: true, encoding: .utf8)
        return try Kubeconfig(folder + "/config").access(context: context)
    }
}

/// What is said about the file, without its folder.
private func complaint(_ text: String, context: String? = nil) async throws -> String {
    try await withFolder { folder in
        try text.write(toFile: folder + "/config", atomically: true, encoding: .utf8)
        do {
            _ = try Kubeconfig(folder + "/config").access(context: context)
            return ""
        } catch {
            return "\(error)".replacingOccurrences(of: folder + "/", with: "")
        }
    }
}

@Suite struct KubeconfigTests {
    @Test func theCurrentContextJoinsClusterAndUser() async throws {
        let access = try await access(kubeconfig())
        #expect(access.server == "https://10.0.0.1:6443")
        #expect(access.credentials == .token("abc"))
        #expect(access.namespace == "default")
        #expect(access.connection == ConnectionOptions())
    }

    @Test func aContextMayNameItsNamespace() async throws {
        let text = kubeconfig(context: ["cluster: prod", "user: robot", "namespace: shop"])
        #expect(try await access(text).namespace == "shop")
    }

    @Test func aContextMayBeChosen() async throws {
        let text = kubeconfig(current: "\"\"")
        #expect(try await access(text, context: "main").server == "https://10.0.0.1:6443")
        #expect(
            try await complaint(text)
                == "config:3:18: current-context: no context is named; say which is meant")
    }

    @Test func aClusterSaysHowToReachIt() async throws {
        let access = try await access(
            kubeconfig(cluster: [
                "server: https://balancer.test/k8s/clusters/c-1/", "tls-server-name: api.test",
                "insecure-skip-tls-verify: true", "proxy-url: http://proxy.test:3128",
                "certificate-authority-data: \(authorityData)",
            ]))
        #expect(access.server == "https://balancer.test/k8s/clusters/c-1")
        #expect(access.connection.serverName == "api.test")
        #expect(!access.connection.verifies)
        #expect(access.connection.proxy == .url("http://proxy.test:3128"))
        #expect(access.connection.authorities == .only(.text(authority)))
    }

    @Test func pathsAreRelativeToTheFile() async throws {
        try await withFolder { folder in
            let text = kubeconfig(
                cluster: ["server: https://x", "certificate-authority: pki/ca.crt"],
                user: ["client-certificate: a.crt", "client-key: /abs/a.key", "tokenFile: token"])
            try text.write(toFile: folder + "/config", atomically: true, encoding: .utf8)
            let access = try Kubeconfig(folder + "/config").access()
            #expect(access.connection.authorities == .only(.file(folder + "/pki/ca.crt")))
            #expect(
                access.connection.clientCertificate
                    == .init(certificate: .file(folder + "/a.crt"), key: .file("/abs/a.key")))
            #expect(access.credentials == .tokenFile(folder + "/token"))
        }
    }

    @Test func dataGoesBeforeFilesAndMayBeWrapped() async throws {
        let half = authorityData.count / 2
        let access = try await access(
            kubeconfig(user: [
                "client-certificate: ignored.crt", "client-certificate-data: |",
                "  \(authorityData.prefix(half))", "  \(authorityData.dropFirst(half))",
                "client-key-data: \(authorityData)",
            ]))
        #expect(
            access.connection.clientCertificate
                == .init(certificate: .text(authority), key: .text(authority)))
    }

    @Test func emptyDataIsNone() async throws {
        let access = try await access(
            kubeconfig(cluster: ["server: https://x", "certificate-authority-data: \"\""]))
        #expect(access.connection.authorities == .system)
    }

    @Test func usersMayHaveNameAndPasswordOrNothing() async throws {
        let named = try await access(kubeconfig(user: ["username: me", "password: pw"]))
        #expect(named.credentials == .basic(user: "me", password: "pw"))
        let nobody = try await access(kubeconfig(context: ["cluster: prod"]))
        #expect(nobody.credentials == Credentials.none)
    }

    @Test(arguments: ["v1", "v1beta1"]) func aPluginIsReadWhole(version: String) async throws {
        let access = try await access(
            kubeconfig(
                cluster: ["server: https://x", "certificate-authority-data: \(authorityData)"],
                user: [
                    "exec:", "  apiVersion: client.authentication.k8s.io/\(version)", "  command: aws",
                    "  args: [eks, get-token]", "  env: [{name: AWS_PROFILE, value: prod}]",
                    "  installHint: get it at aws.test", "  provideClusterInfo: true",
                    "  interactiveMode: Never",
                ]))
        #expect(
            access.credentials
                == .exec(
                    ExecPlugin(
                        apiVersion: "client.authentication.k8s.io/\(version)", command: "aws",
                        arguments: ["eks", "get-token"], environment: ["AWS_PROFILE": "prod"],
                        cluster: [
                            "server": "https://x",
                            "certificate-authority-data": .string(authorityData),
                        ], installHint: "get it at aws.test")))
    }

    @Test func allErrorsAreToldAtOnceEachAtItsPlace() async throws {
        let text = kubeconfig(
            cluster: ["server: localhost:8080", "insecure-skip-tls-verify: maybe"],
            user: ["client-certificate-data: {}", "exec: {command: x}"])
        let lines = try await complaint(text).split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines[0].hasPrefix("config:7:15: clusters[0].cluster.server: \"localhost:8080\" is no URL"))
        #expect(
            lines[1].hasPrefix("config:8:33: clusters[0].cluster.insecure-skip-tls-verify: expected true"))
        #expect(
            lines[2].hasPrefix("config:17:7: users[0].user: client-certificate and client-key go together"))
        #expect(lines[3].hasPrefix("config:17:32: users[0].user.client-certificate-data: is no string"))
        #expect(lines[4].hasPrefix("config:18:13: users[0].user.exec: missing `apiVersion`"))
    }

    @Test func aNameThatLeadsNowhereIsToldWithTheKnownOnes() async throws {
        let cluster = kubeconfig(context: ["cluster: staging", "user: robot"])
        #expect(
            try await complaint(cluster)
                == "config:11:16: contexts[0].context.cluster: \"staging\" is not in clusters; known: prod")
        let context = try await complaint(kubeconfig(), context: "other")
        #expect(context == "config:1:1: \"other\" is not in contexts; known: main")
        let current = try await complaint(kubeconfig(current: "gone"))
        #expect(current.contains("config:3:18: current-context: \"gone\" is not in contexts; known: main"))
    }

    @Test(arguments: [
        ["auth-provider: {name: gcp}"], ["token: abc", "as: somebody"],
        [
            "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}"
        ], ["exec: {apiVersion: client.authentication.k8s.io/v2, command: x}"],
    ])
    func whatCannotBeKeptIsRefusedAndNotIgnored(user: [String]) async throws {
        #expect(try await complaint(kubeconfig(user: user)).hasPrefix("config:1"))
    }

    @Test(arguments: [
        ["token: 1234567890"], ["token: [1234567890]"], ["username: a", "password: 1234567890"],
        ["client-key-data: 1234567890", "client-certificate: x"],
        ["client-key-data: 12345-67890-not-base64", "client-certificate: x"],
        ["token: \"1234567890"], ["token: '1234567890' x"], ["token: &a *1234567890"],
        ["exec: {apiVersion: client.authentication.k8s.io/v1, command: x, args: [1234567890]}"],
        [
            "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, env: [{name: A, value: 1234567890}]}"
        ],
    ])
    func noSecretStandsInAnyMessage(user: [String]) async throws {
        let complaint = try await complaint(kubeconfig(user: user))
        #expect(!complaint.isEmpty)
        #expect(!complaint.contains("67890"), "\(complaint)")
    }

    @Test func aFileThatIsNotThereIsNamed() {
        #expect(throws: (any Error).self) { try Kubeconfig("/nowhere/config") }
    }
}
