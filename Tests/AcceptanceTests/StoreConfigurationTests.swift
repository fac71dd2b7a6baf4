import Foundation
import Sampling
import Testing
import Transport

@testable import headgate

/// What the server's configuration says about metrics stores and programs.
@Suite struct StoreConfigurationTests {
    private func read(_ text: String) throws -> ServerConfiguration {
        let folder = NSTemporaryDirectory() + "headgate-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let whole = """
            apiVersion: headgate.dev/v1alpha1
            kind: Configuration
            journal: journal.sqlite
            manifests: [rollouts]

            """
        try (whole + text).write(toFile: folder + "/headgate.yaml", atomically: true, encoding: .utf8)
        var configuration = try ServerConfiguration.read(folder + "/headgate.yaml")
        configuration.exec.commands = configuration.exec.commands.mapValues {
            $0.map { $0.replacingOccurrences(of: folder, with: "FOLDER") }
        }
        return configuration
    }

    @Test func eachKindHasItsAccounts() throws {
        let configuration = try read(
            """
            prometheus:
              address: https://prom.example/
              basicAuth: {username: headgate, password: {env: PROM_PASSWORD}}
              headers: {X-Scope-OrgID: 1}
              settings: {partial_response: "false"}
              stores: [{address: http://other.example, bearerToken: {file: /etc/token}}]
            stores:
            - kind: web
              address: https://app.example/api
              oauth2: {tokenUrl: https://id.example/t, clientId: me, clientSecret: {file: /s}, scopes: [read]}
            - kind: prometheus
              address: https://aps.example/workspaces/ws-1
              sigv4: {region: eu-central-1}
            exec: {commands: {rate: [bin/rate, --json]}, inherit: [LANG], concurrency: 2}
            """)
        let first = StoreAccount(
            address: "https://prom.example",
            authorization: .basic(user: "headgate", password: .environment("PROM_PASSWORD")),
            headers: ["X-Scope-OrgID": "1"], settings: ["partial_response": "false"])
        let second = StoreAccount(
            address: "http://other.example", authorization: .bearer(.file("/etc/token")))
        let third = StoreAccount(
            address: "https://aps.example/workspaces/ws-1",
            authorization: .signature(.init(region: "eu-central-1", service: "aps")))
        #expect(configuration.stores["prometheus"]?.all == [first, second, third])
        let client = StoreAccount.ClientCredentials(
            tokenURL: "https://id.example/t", clientID: "me", clientSecret: .file("/s"), scopes: ["read"])
        #expect(
            configuration.stores["web"]?.all == [
                StoreAccount(address: "https://app.example/api", authorization: .clientCredentials(client))
            ])
        #expect(
            configuration.exec
                == ExecSettings(
                    commands: ["rate": ["FOLDER/bin/rate", "--json"]], inherited: ["LANG"], concurrency: 2))
    }

    @Test(arguments: [
        ("prometheus: {address: prom:9090}", "begins with http:// or https://"),
        ("stores: [{kind: ganglia, address: http://a}]", "no kind of store; known: "),
        ("stores: [{kind: web, bearerToken: {env: T}}]", "missing `address`"),
        ("stores: [{kind: web, address: http://a, bearerToken: {}}]", "needs one of"),
        ("stores: [{kind: web, address: http://a, bearerToken: sesame}]", "says where a secret is"),
        ("stores: [{kind: web, address: http://a}, {kind: web, address: http://a/}]", "is there twice"),
        (
            "stores: [{kind: web, name: a, address: http://a}, {kind: web, name: a, address: http://b}]",
            "a second account of web"
        ),
        (
            "stores: [{kind: web, address: http://a, bearerToken: {env: A}, sigv4: {region: b}}]",
            "bearerToken and sigv4; only one of them can be meant"
        ),
        ("exec: {commands: {rate: [rate]}}", "the path of a program, which contains a /"),
    ])
    func whatCannotBeMeantIsRefused(text: String, message: String) throws {
        let error = #expect(throws: (any Error).self) { try read(text) }
        let said = error.map { "\($0)" } ?? ""
        #expect(said.contains(message), "\(said)")
        #expect(!said.contains("sesame"))
    }
}
