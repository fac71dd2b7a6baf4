import Foundation
import Transport

extension ConsulAPI {
    /// A session that ends when it is not renewed for so long. Its lock is then given to nobody for as long again.
    func openSession(named name: String, for duration: Duration) async throws(ConsulError) -> String {
        var request = ConsulRequest(.put, "/v1/session/create", in: ConsulScope())
        let seconds = "\(duration.components.seconds)s"
        request.body = [
            "Name": .string(name), "TTL": .string(seconds), "LockDelay": .string(seconds),
            "Behavior": "release",
        ]
        let answer = try await ask(request, "open a session", Self.sessionPolicy)
        guard let session = answer["ID"]?.string else {
            throw ConsulError(.unavailable, "can't open a session: Consul answered \(answer.text)")
        }
        return session
    }

    /// Whether Consul still knows it.
    func renew(session: String) async throws(ConsulError) -> Bool {
        let request = ConsulRequest(.put, "/v1/session/renew/\(session)", in: ConsulScope())
        return try await send(request, "renew the session", Self.sessionPolicy).isSuccess
    }

    func end(session: String) async throws(ConsulError) {
        let request = ConsulRequest(.put, "/v1/session/destroy/\(session)", in: ConsulScope())
        _ = try await ask(request, "end the session", Self.sessionPolicy)
    }

    func lock(at key: String) async throws(ConsulError) -> ConsulLock {
        let request = ConsulRequest(.get, path(ofKey: key), in: ConsulScope(), ["consistent": ""])
        let (deed, policy) = ("read the lock \(key)", keyPolicy(key, "read"))
        let response = try await send(request, deed, policy)
        guard response.status != 404 else { return ConsulLock(session: nil, holder: "", index: 0) }
        let entry = try document(in: response, deed, policy)[0]
        let bytes = entry["Value"]?.string.flatMap { Data(base64Encoded: $0) } ?? Data()
        return ConsulLock(
            session: entry["Session"]?.string, holder: String(decoding: bytes, as: UTF8.self),
            index: entry["ModifyIndex"]?.integer ?? 0)
    }

    /// Whether the session has it now.
    func acquire(_ key: String, session: String, holder: String) async throws(ConsulError) -> Bool {
        var request = ConsulRequest(.put, path(ofKey: key), in: ConsulScope(), ["acquire": session])
        request.text = holder
        return try await ask(request, "take the lock \(key)", keyPolicy(key, "write")) == true
    }

    func release(_ key: String, session: String) async throws(ConsulError) {
        let request = ConsulRequest(.put, path(ofKey: key), in: ConsulScope(), ["release": session])
        _ = try await ask(request, "give the lock \(key) back", keyPolicy(key, "write"))
    }

    private func ask(
        _ request: ConsulRequest, _ deed: String, _ policy: String
    ) async throws(ConsulError) -> JSON {
        try document(in: try await send(request, deed, policy), deed, policy)
    }

    private func path(ofKey key: String) -> String {
        "/v1/kv/" + key.split(separator: "/").map { percentEncoded(String($0)) }.joined(separator: "/")
    }

    private func keyPolicy(_ key: String, _ right: String) -> String {
        "key \"\(key)\" { policy = \"\(right)\" }"
    }

    private static let sessionPolicy = "session_prefix \"\" { policy = \"write\" }"
}
