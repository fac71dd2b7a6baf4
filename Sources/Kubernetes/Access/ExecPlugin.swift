import Foundation
import Subprocess
import SystemPackage
package import Transport

/// A program that hands out credentials, by the protocol `client.authentication.k8s.io`.
package struct ExecPlugin: Hashable, Sendable {
    /// `client.authentication.k8s.io/v1` or `…/v1beta1`.
    package let apiVersion: String
    package let command: String
    package let arguments: [String]
    /// Added to this process's own.
    package let environment: [String: String]
    /// What it is told of the cluster; none: nothing.
    package let cluster: JSON?
    /// What to tell people who haven't got the program.
    package let installHint: String?
    /// For one call: it may ask an identity provider, and must not hang.
    package let timeout: Duration

    private static let bytesMax = 1 << 20

    package init(
        apiVersion: String = "client.authentication.k8s.io/v1", command: String, arguments: [String] = [],
        environment: [String: String] = [:], cluster: JSON? = nil, installHint: String? = nil,
        timeout: Duration = .seconds(20)
    ) {
        self.apiVersion = apiVersion
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.cluster = cluster
        self.installHint = installHint
        self.timeout = timeout
    }

    /// Runs it, without a shell, and reads what it prints.
    func run() async throws(KubernetesError) -> ExecCredential {
        let result: Result<String, KubernetesError> = await withTaskGroup { group in
            group.addTask { await self.output() }
            group.addTask {
                // Cut short means that the program has ended.
                try? await Task.sleep(for: timeout)
                return .failure(self.refusal("gave no answer within \(timeout)"))
            }
            let first = await group.next() ?? .failure(self.refusal("did not run"))
            // Kills the program, too.
            group.cancelAll()
            return first
        }
        return try ExecCredential(try result.get(), from: self)
    }

    /// Its errors may be read by people; its output is a secret and stands in no message.
    private func output() async -> Result<String, KubernetesError> {
        do {
            let result = try await Subprocess.run(
                command.contains("/") ? .path(FilePath(command)) : .name(command),
                arguments: Arguments(arguments), environment: spoken, platformOptions: inGroup, input: .none,
                output: .string(limit: Self.bytesMax), error: .string(limit: 64 << 10))
            guard result.terminationStatus.isSuccess else {
                let words = result.standardError.suffix(500).trimmingCharacters(in: .whitespacesAndNewlines)
                return .failure(refusal("failed (\(result.terminationStatus)): \(words)"))
            }
            return .success(result.standardOutput)
        } catch {
            let hint = installHint.map { "; \($0)" } ?? ""
            return .failure(refusal("could not be run: \(error)\(hint)"))
        }
    }

    /// In a group of its own, so that what it has started dies with it.
    private var inGroup: PlatformOptions {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))
        ]
        return options
    }

    private var spoken: Environment {
        var added: [Environment.Key: String?] = ["KUBERNETES_EXEC_INFO": question]
        for (name, value) in environment { added[Environment.Key(stringLiteral: name)] = value }
        return Environment.inherit.updating(added)
    }

    private var question: String {
        var json: JSON = [
            "apiVersion": .string(apiVersion), "kind": "ExecCredential", "spec": ["interactive": false],
        ]
        if let cluster { json["spec"]["cluster"] = cluster }
        return json.text
    }

    func refusal(_ what: String) -> KubernetesError {
        KubernetesError(.unauthenticated, "the credential plugin \(command) \(what)")
    }
}
