import Foundation
import Logging
import Synchronization
import Testing

@testable import Kubernetes
@testable import Transport

let testServer = "https://cluster.test:6443"
let testAccess = ClusterAccess(server: testServer, credentials: .token("secret-token"), namespace: "home")
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

func client(
    _ sender: ScriptedSender, _ access: ClusterAccess = testAccess,
    _ settings: KubernetesClient.Settings = .init(), log: Logger = quiet
) -> KubernetesClient {
    KubernetesClient(access, sender: sender, settings: settings, log: log)
}

extension HTTPResponse {
    static func json(_ json: JSON, _ status: Int = 200, _ headers: HTTPHeaders = [:]) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: json.bytes)
    }

    /// As an API server says no.
    static func refusal(
        _ code: Int, _ reason: String, _ message: String, details: JSON? = nil, _ headers: HTTPHeaders = [:]
    ) -> HTTPResponse {
        .json(refusalObject(code, reason, message, details: details), code, headers)
    }
}

func refusalObject(_ code: Int, _ reason: String, _ message: String, details: JSON? = nil) -> JSON {
    var status: JSON = [
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": .integer(Int64(code)),
        "reason": .string(reason), "message": .string(message),
    ]
    status["details"] = details
    return status
}

func pod(_ name: String, version: Int = 1, in namespace: String = "shop") -> JSON {
    [
        "apiVersion": "v1", "kind": "Pod",
        "metadata": [
            "name": .string(name), "namespace": .string(namespace), "resourceVersion": .string("\(version)"),
        ],
    ]
}

func podList(_ items: JSON..., version: Int = 1, next: String? = nil) -> HTTPResponse {
    var list: JSON = [
        "apiVersion": "v1", "kind": "PodList", "items": .array(items),
        "metadata": ["resourceVersion": .string("\(version)")],
    ]
    if let next { list["metadata"]["continue"] = .string(next) }
    return .json(list)
}

func line(_ type: String, _ object: JSON) -> String {
    (["type": .string(type), "object": object] as JSON).text + "\n"
}

/// The kind of the error that it ends in.
func refusal<Value>(
    of ask: () async throws(KubernetesError) -> Value
) async -> KubernetesError? {
    do throws(KubernetesError) {
        _ = try await ask()
        return nil
    } catch {
        return error
    }
}

/// Asks again and again until it is so, for a time that no healthy machine takes.
func eventually(_ isSo: () async -> Bool) async -> Bool {
    for _ in 0..<3_000 {
        if await isSo() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return false
}

/// A folder of this test's own.
func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "kubernetes-\(UUID().uuidString)")
        .path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}

/// Counts from zero.
final class Counter: Sendable {
    private let count = Mutex(-1)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
