import Foundation
import Kubernetes
import Lab
import Server
import TestCluster
import Testing
import Transport

@testable import headgate

/// A program and a store that repeat what they are told, and all that people look at afterwards.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SecretTests {
    private static let secret = "s3cr3t-of-the-store"

    @Test func noSecretIsInAJournalALogOrAnAnswer() async throws {
        let exec = "exec: {commands: {env: [/usr/bin/env]}}"
        try await PodServer.run(more: exec, prepare: { $0.create(Self.object, .secret, in: "shop") }) {
            server in
            try server.commit(Self.template(server.cluster.url), named: "told")
            try server.commit("web:1", steps: ["setWeight: 50"])
            _ = try await server.wait(for: "web:1 to rest") { $0.phase == .healthy }
            try server.commit(
                "web:2", steps: ["setWeight: 50", "analysis: {templates: [{templateName: told}]}"])
            _ = try await server.wait(for: "a person to be asked") { $0.message.contains("promote or abort") }

            let history = try await server.client.history(PodServer.rollout, after: 0, limit: 1_000)
            let answers = [
                "\(try await server.client.status(PodServer.rollout))",
                "\(try await server.client.explain(PodServer.rollout))", "\(history)",
            ]
            #expect(answers.joined().contains("(concealed)"), "both repeat it: \(history)")
            #expect(answers.joined().contains("answered 404"), "\(history)")
            for answer in answers { #expect(!Self.isTold(in: Data(answer.utf8)), "\(answer)") }
            await server.daemon.stop()
            for (path, file) in try files(beside: server.daemon.log.path) {
                #expect(!Self.isTold(in: file), "\(path)")
            }
        }
    }

    private static let object: JSON = [
        "metadata": ["name": "app"],
        "data": ["token": .string(Data(secret.utf8).base64EncodedString())],
    ]

    private static func template(_ url: String) -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: told, namespace: shop}
        spec:
          args: [{name: token, valueFrom: {secretKeyRef: {name: app, key: token}}}]
          metrics:
          - name: printed
            successCondition: result contains "(concealed)"
            provider: {exec: {command: [env], env: {TOKEN: "{{args.token}}"}, output: text}}
          - name: asked
            successCondition: result.ok
            consecutiveErrorLimit: 0
            provider: {web: {url: "\(url)/api/v1/namespaces/shop/pods/{{args.token}}"}}
        """
    }

    private static func isTold(in file: Data) -> Bool {
        let spellings = [Data(secret.utf8), Data(secret.utf8).base64EncodedData()]
        return spellings.contains { file.range(of: $0) != nil }
    }

    private func files(beside log: String) throws -> [(String, Data)] {
        let folder = URL(filePath: log).deletingLastPathComponent()
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        #expect(names.contains("journal.sqlite"))
        return names.compactMap { name in
            (try? Data(contentsOf: folder.appending(path: name))).map { (name, $0) }
        }
    }
}
