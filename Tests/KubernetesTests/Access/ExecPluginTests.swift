import Foundation
import Testing

@testable import Kubernetes
@testable import Transport

/// A shell script as a credential plugin.
private func withPlugin<Value>(
    _ script: String, environment: [String: String] = [:], cluster: JSON? = nil,
    timeout: Duration = .seconds(20), _ body: (ExecPlugin, String) async throws -> Value
) async throws -> Value {
    try await withFolder { folder in
        let path = folder + "/plugin"
        try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        let plugin = ExecPlugin(
            command: path, arguments: ["one", "two words"],
            environment: environment.merging(["FOLDER": folder]) { given, _ in given }, cluster: cluster,
            installHint: "get it at plugin.test", timeout: timeout)
        return try await body(plugin, folder)
    }
}

private func credential(_ status: String, version: String = "v1") -> String {
    """
    {"apiVersion": "client.authentication.k8s.io/\(version)", "kind": "ExecCredential", "status": \(status)}
    """
}

private func message(_ plugin: ExecPlugin) async -> String {
    await refusal { () async throws(KubernetesError) in try await plugin.run() }?.message ?? ""
}

@Suite struct ExecPluginTests {
    @Test func aTokenIsHandedOut() async throws {
        let status = #"{"token": "abc", "expirationTimestamp": "2033-05-18T03:33:20Z"}"#
        try await withPlugin("echo '\(credential(status))'") { plugin, _ in
            let found = try await plugin.run()
            #expect(found.token == "abc")
            #expect(found.certificate == nil)
            #expect(found.expiresAt == Date(timeIntervalSince1970: 2_000_000_000))
        }
    }

    @Test func aCertificateIsHandedOut() async throws {
        let status = #"{"clientCertificateData": "C", "clientKeyData": "K"}"#
        try await withPlugin("echo '\(credential(status))'") { plugin, _ in
            let found = try await plugin.run()
            #expect(found.certificate == .init(certificate: .text("C"), key: .text("K")))
            #expect(found.expiresAt == nil)
        }
    }

    @Test func itIsToldWhatIsAskedOfIt() async throws {
        let script = #"""
            printf '%s|%s|%s|%s' "$1" "$2" "$COLOUR" "$KUBERNETES_EXEC_INFO" > "$FOLDER/seen"
            echo '\#(credential(#"{"token": "abc"}"#))'
            """#
        let cluster: JSON = ["server": "https://x"]
        try await withPlugin(script, environment: ["COLOUR": "blue"], cluster: cluster) { plugin, folder in
            _ = try await plugin.run()
            let seen = try String(contentsOfFile: folder + "/seen", encoding: .utf8)
            let parts = seen.split(separator: "|", maxSplits: 3).map(String.init)
            #expect(parts[..<3] == ["one", "two words", "blue"])
            #expect(
                try JSON(parsing: parts[3]) == [
                    "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
                    "spec": ["interactive": false, "cluster": ["server": "https://x"]],
                ])
        }
    }

    @Test func nothingGoesThroughAShell() async throws {
        try await withFolder { folder in
            let plugin = ExecPlugin(command: "echo", arguments: ["$(touch \(folder)/a); `touch \(folder)/b`"])
            #expect(await message(plugin).contains("printed no ExecCredential"))
            let made = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(made.isEmpty)
        }
    }

    @Test func whatItSaysWhenItFailsIsForPeople() async throws {
        try await withPlugin("echo secret-output; echo 'log in first' >&2; exit 3") { plugin, _ in
            let message = await message(plugin)
            #expect(message.hasPrefix("the credential plugin \(plugin.command) failed"))
            #expect(message.hasSuffix(": log in first"))
            #expect(!message.contains("secret-output"))
        }
    }

    @Test(arguments: [
        "secret-rubbish", #"{"token": "secret-1"}"#, credential(#"{"token": ""}"#),
        credential(#"{"clientKeyData": "secret-2"}"#),
        credential(#"{"token": "secret-3", "expirationTimestamp": "soon"}"#),
        credential(#"{"token": "secret-4"}"#, version: "v1beta1"), "",
    ])
    func rubbishIsRefusedAndNotRepeated(output: String) async throws {
        try await withPlugin("cat <<'END'\n\(output)\nEND") { plugin, _ in
            let message = await message(plugin)
            #expect(message.hasPrefix("the credential plugin"))
            #expect(!message.contains("secret-"))
        }
    }

    @Test func fractionsOfSecondsAreRead() async throws {
        let status = #"{"token": "abc", "expirationTimestamp": "2033-05-18T03:33:20.500Z"}"#
        try await withPlugin("echo '\(credential(status))'") { plugin, _ in
            let found = try await plugin.run()
            #expect(found.expiresAt == Date(timeIntervalSince1970: 2_000_000_000.5))
        }
    }

    @Test(arguments: ["", ">&2"]) func aPluginThatFloodsIsStopped(where channel: String) async throws {
        let script = "echo $$ > \"$FOLDER/pid\"; exec yes secret-flood \(channel)"
        try await withPlugin(script) { plugin, folder in
            let message = await message(plugin)
            #expect(message.contains("could not be run"))
            #expect(!message.contains("secret-flood"))
            let isGone = try await isGone(folder)
            #expect(isGone)
        }
    }

    @Test func aPluginThatHangsIsKilledWithItsChildren() async throws {
        let script = "sleep 600 & echo $! > \"$FOLDER/pid\"; wait"
        try await withPlugin(script, timeout: .milliseconds(500)) { plugin, folder in
            #expect(await message(plugin).contains("gave no answer within"))
            let isGone = try await isGone(folder)
            #expect(isGone)
        }
    }

    @Test func whatAPluginLeavesBehindIsNotWaitedFor() async throws {
        let script = "sleep 600 & echo $! > \"$FOLDER/pid\"; echo '\(credential(#"{"token": "abc"}"#))'"
        try await withPlugin(script) { plugin, folder in
            let found = try await plugin.run()
            #expect(found.token == "abc")
            let text = try String(contentsOfFile: folder + "/pid", encoding: .utf8)
            let pid = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
            kill(pid, SIGKILL)
        }
    }

    @Test func aMissingProgramComesWithTheHint() async throws {
        let plugin = ExecPlugin(
            command: "/nowhere/plugin", environment: ["PASSWORD": "secret-env"],
            installHint: "get it at plugin.test")
        let message = await message(plugin)
        #expect(message.hasPrefix("the credential plugin /nowhere/plugin could not be run"))
        #expect(message.hasSuffix("; get it at plugin.test"))
        #expect(!message.contains("secret-env"))
    }

    /// Whether the process that wrote its number there has ended. The number may be anybody's by then, but hardly is.
    private func isGone(_ folder: String) async throws -> Bool {
        let text = try String(contentsOfFile: folder + "/pid", encoding: .utf8)
        let pid = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        return await eventually { kill(pid, 0) != 0 || isZombie(pid) }
    }

    /// Killed, and not yet buried by whoever inherits orphans here.
    private func isZombie(_ pid: Int32) -> Bool {
        let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/stat") ?? Data()
        return String(decoding: bytes, as: UTF8.self).contains(") Z ")
    }
}
