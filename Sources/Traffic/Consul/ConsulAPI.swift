import Foundation
import Rollouts
import Transport

/// What is asked of Consul, one method for each question: build the request, send it, read the answer.
struct ConsulAPI: Sendable {
    let settings: ConsulSettings
    let sender: any HTTPSender

    /// As the leader knows it, so that nothing is planned on what is out of date.
    func read(_ name: EntryName) async throws(ConsulError) -> ConsulEntry {
        let request = ConsulRequest(.get, path(of: name), in: name.scope, ["consistent": ""])
        let deed = "read \(name)"
        let response = try await send(request, deed, policy(name, "read"))
        if response.status == 404 { return ConsulEntry(name, nil) }
        return ConsulEntry(name, try document(in: response, deed, policy(name, "read")))
    }

    /// Whether it was written: not, when the entry has another index by now.
    func put(_ write: EntryWrite) async throws(ConsulError) -> Bool {
        var request = ConsulRequest(
            .put, "/v1/config", in: write.name.scope, ["cas": "\(write.index)"])
        request.body = write.document
        let (deed, policy) = ("write \(write.name)", policy(write.name, "write"))
        return try document(in: try await send(request, deed, policy), deed, policy) == true
    }

    /// Old Consuls delete whatever the index; they answer `{}`, and newer ones whether they did.
    func delete(_ entry: ConsulEntry) async throws(ConsulError) {
        let request = ConsulRequest(
            .delete, path(of: entry.name), in: entry.name.scope, ["cas": "\(entry.index)"])
        let (deed, policy) = ("delete \(entry.name)", policy(entry.name, "write"))
        _ = try document(in: try await send(request, deed, policy), deed, policy)
    }

    /// How the entries of a service come together.
    func chain(of service: String, in scope: ConsulScope) async throws(ConsulError) -> CompiledChain {
        let request = ConsulRequest(.get, "/v1/discovery-chain/\(percentEncoded(service))", in: scope)
        let deed = "read the discovery chain of \(service)"
        let policy = "service \"\(service)\" { policy = \"read\" }"
        let document = try document(in: try await send(request, deed, policy), deed, policy)
        return CompiledChain(document["Chain"] ?? .null, of: service)
    }

    /// How many instances with a proxy, or that are their own, a filter chooses; only healthy ones where asked.
    func instances(
        of service: String, in scope: ConsulScope, filter: String?, onlyPassing: Bool = true,
        withSidecar: Bool = true
    ) async throws(ConsulError) -> Int {
        var query: [String: String] = [:]
        query["filter"] = filter
        if onlyPassing { query["passing"] = "1" }
        let request = ConsulRequest(
            .get, "/v1/health/\(withSidecar ? "connect" : "service")/\(percentEncoded(service))", in: scope,
            query)
        let deed = "ask for the instances of \(service)" + (filter.map { " by \($0)" } ?? "")
        let policy = "service \"\(service)\" { policy = \"read\" } node_prefix \"\" { policy = \"read\" }"
        return try document(in: try await send(request, deed, policy), deed, policy).array?.count ?? 0
    }

    /// All entries of a kind, as soon as Consul's number is another one than that.
    func list(_ shelf: EntryShelf, after index: UInt64) async throws(ConsulError) -> ListedEntries {
        var request = ConsulRequest(.get, "/v1/config/\(shelf.kind.rawValue)", in: shelf.scope)
        if index > 0 {
            request.query["index"] = "\(index)"
            request.query["wait"] = "\(max(settings.wait.components.seconds, 1))s"
            // Consul adds up to a sixteenth, so that not all come back at once.
            request.patience = settings.wait + settings.wait / 8
        }
        let deed = "watch the entries \(shelf.kind.rawValue)"
        let policy = "service_prefix \"\" { policy = \"read\" }"
        let response = try await send(request, deed, policy)
        let entries = try document(in: response, deed, policy).array ?? []
        return ListedEntries(
            index: response.headers["X-Consul-Index"].flatMap { UInt64($0) } ?? 0, entries: entries)
    }

    /// `1.8.7`, `1.17.0+ent`; none where the token may not ask.
    func version() async throws(ConsulError) -> String? {
        let request = ConsulRequest(.get, "/v1/agent/self", in: ConsulScope())
        let response = try await send(
            request, "ask for the version", "agent_prefix \"\" { policy = \"read\" }")
        guard response.isSuccess else { return nil }
        return try document(in: response, "ask for the version", "")["Config"]?["Version"]?.string
    }
}

/// Entries of a kind, and Consul's number of that answer.
struct ListedEntries: Hashable, Sendable {
    let index: UInt64
    let entries: [JSON]
}

/// A request before it is known who asks.
struct ConsulRequest: Hashable, Sendable {
    let method: HTTPMethod
    let path: String
    var query: [String: String]
    var body: JSON?
    /// A body that is no JSON.
    var text: String?
    /// How much longer than usual the answer may take.
    var patience = Duration.zero

    init(_ method: HTTPMethod, _ path: String, in scope: ConsulScope, _ query: [String: String] = [:]) {
        (self.method, self.path, self.query) = (method, path, query)
        self.query["ns"] = scope.namespace
        self.query["partition"] = scope.partition
    }

    func sent(by settings: ConsulSettings) throws(ConsulError) -> HTTPRequest {
        var base = settings.address
        while base.hasSuffix("/") { base.removeLast() }
        let words = query.sorted { $0.key < $1.key }.map { key, value in
            value.isEmpty ? key : "\(key)=\(percentEncoded(value))"
        }
        let url = base + path + (words.isEmpty ? "" : "?" + words.joined(separator: "&"))
        var headers: HTTPHeaders = ["Accept": "application/json"]
        if let token = try settings.token.text() { headers["X-Consul-Token"] = token }
        return HTTPRequest(
            method, url, headers: headers, body: body?.bytes ?? text.map { Array($0.utf8) },
            timeout: settings.timeout + patience,
            connection: settings.connection)
    }
}

extension ConsulAPI {
    private func path(of name: EntryName) -> String {
        "/v1/config/\(name.kind.rawValue)/\(percentEncoded(name.service))"
    }

    private func policy(_ name: EntryName, _ right: String) -> String {
        "service \"\(name.service)\" { policy = \"\(right)\" }"
    }

    /// Success, and "there is none", which is an answer too.
    func send(
        _ request: ConsulRequest, _ deed: String, _ policy: String
    ) async throws(ConsulError) -> HTTPResponse {
        let sent = try request.sent(by: settings)
        let response: HTTPResponse
        do {
            response = try await sender.send(sent)
        } catch {
            throw ConsulError(error, deed)
        }
        guard response.isSuccess || response.status == 404 else {
            throw ConsulError(response, deed, policy: policy)
        }
        return response
    }

    func document(
        in response: HTTPResponse, _ deed: String, _ policy: String
    ) throws(ConsulError) -> JSON {
        guard response.isSuccess else { throw ConsulError(response, deed, policy: policy) }
        do {
            return try JSON(parsing: response.body)
        } catch {
            throw ConsulError(.unavailable, "can't \(deed): the answer is \(error)")
        }
    }
}
