import Foundation
import Subprocess
import SystemPackage
import Transport

/// A program that hands out credentials, by the protocol `client.authentication.k8s.io`.
package struct ExecPlugin: Hashable, Sendable {
    /// `v1` or `v1beta1`.
    package let version: String
    package let command: String
    package let arguments: [String]
    /// Added to this process's own.
    package let environment: [String: String]
    /// For one call: it may ask an identity provider, and must not hang.
    package let timeout: Duration

    private static let bytesMax = 1 << 20

    package init(
        version: String = "v1", command: String, arguments: [String] = [],
        environment: [String: String] = [:],
        timeout: Duration = .seconds(20)
    ) {
        self.version = version
        self.command = command
        self.arguments = arguments
        self.environment = environment
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
            // Ends the program, too.
            group.cancelAll()
            return first
        }
        return try ExecCredential(try result.get(), from: self)
    }

    /// Its errors may be read by people; its output is a secret and stands in no message.
    private func output() async -> Result<String, KubernetesError> {
        let inherited = environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        let spoken = Environment.inherit.updating(Dictionary(inherited) { _, last in last })
        do {
            let program: Executable = command.contains("/") ? .path(FilePath(command)) : .name(command)
            let result = try await Subprocess.run(
                program, arguments: Arguments(arguments),
                environment: spoken.updating(["KUBERNETES_EXEC_INFO": question]), input: .none,
                output: .string(limit: Self.bytesMax), error: .string(limit: 64 << 10))
            guard result.terminationStatus.isSuccess else {
                let words = result.standardError.suffix(500)
                return .failure(refusal("failed (\(result.terminationStatus)): \(words)"))
            }
            return .success(result.standardOutput)
        } catch {
            return .failure(refusal("could not be run: \(error)"))
        }
    }

    private var question: String {
        let json: JSON = [
            "apiVersion": .string("client.authentication.k8s.io/\(version)"), "kind": "ExecCredential",
            "spec": ["interactive": false],
        ]
        return json.text
    }

    func refusal(_ what: String) -> KubernetesError {
        KubernetesError(.unauthenticated, "the credential plugin \(command) \(what)")
    }
}

/// What a plugin hands out.
struct ExecCredential: Hashable, Sendable {
    let token: String?
    let certificate: ConnectionOptions.ClientCertificate?
    /// None: good until the server says otherwise.
    let expiresAt: Date?

    init(_ text: String, from plugin: ExecPlugin) throws(KubernetesError) {
        let status: JSON?
        do throws(JSON.SyntaxError) {
            status = try JSON(parsing: text)["status"]
        } catch {
            throw plugin.refusal("printed no ExecCredential")
        }
        token = status["token"]?.string
        if let chain = status["clientCertificateData"]?.string, let key = status["clientKeyData"]?.string {
            certificate = .init(certificate: .text(chain), key: .text(key))
        } else {
            certificate = nil
        }
        guard token != nil || certificate != nil else {
            throw plugin.refusal("printed an ExecCredential without a token or a certificate")
        }
        expiresAt = status["expirationTimestamp"]?.string.flatMap { text in
            try? Date(text, strategy: .iso8601)
        }
    }
}
