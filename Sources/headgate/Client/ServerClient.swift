import ArgumentParser
import Foundation
import Server
import Transport

/// Which server a command talks to, and who it says it is.
struct ServerOptions: ParsableArguments {
    @Option(help: "The server's address (or HEADGATE_SERVER).") var server: String?
    @Option(help: "A file with the token (or the token itself in HEADGATE_TOKEN).") var tokenFile: String?

    func client() throws -> ServerClient {
        let environment = ProcessInfo.processInfo.environment
        let address = server ?? environment["HEADGATE_SERVER"] ?? "http://127.0.0.1:7466"
        return ServerClient(address: address, token: try token(environment))
    }

    private func token(_ environment: [String: String]) throws -> String? {
        guard let tokenFile else { return environment["HEADGATE_TOKEN"] }
        guard let text = try? String(contentsOfFile: tokenFile, encoding: .utf8) else {
            throw CommandError("--token-file: can't read \(tokenFile)")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// The HTTP API as functions.
struct ServerClient {
    private let address: String
    private let token: String?
    private let http: any HTTPSender

    init(address: String, token: String?, http: any HTTPSender = CurlClient()) {
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        self.token = token
        self.http = http
    }

    func rollouts() async throws -> RolloutList { try await get("/v1/rollouts") }

    func status(_ name: String) async throws -> RolloutStatus {
        try await get("/v1/rollouts/\(escaped(name))")
    }

    func explain(_ name: String) async throws -> Explanation {
        try await get("/v1/rollouts/\(escaped(name))/explain")
    }

    func preflight(_ name: String) async throws -> PreflightAnswer {
        try await get("/v1/rollouts/\(escaped(name))/preflight")
    }

    func history(_ name: String, after: UInt64, limit: Int) async throws -> History {
        try await get("/v1/rollouts/\(escaped(name))/history?after=\(after)&limit=\(limit)")
    }

    func command(_ verb: String, _ name: String, _ body: [String: any Sendable] = [:]) async throws
        -> CommandAnswer
    {
        let json = try JSONSerialization.data(withJSONObject: body)
        return try await send(.post, "/v1/rollouts/\(escaped(name))/\(verb)", Array(json))
    }

    func makeToken(_ name: String, _ role: Role) async throws -> NewToken {
        let json = try JSONSerialization.data(withJSONObject: ["name": name, "role": role.rawValue])
        return try await send(.post, "/v1/tokens", Array(json))
    }

    private func get<Answer: Decodable>(_ path: String) async throws -> Answer {
        try await send(.get, path, nil)
    }

    private func send<Answer: Decodable>(_ method: HTTPMethod, _ path: String, _ body: [UInt8]?) async throws
        -> Answer
    {
        var headers: HTTPHeaders = [:]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        if body != nil { headers["Content-Type"] = "application/json" }
        let response = try await http.send(
            HTTPRequest(method, address + path, headers: headers, body: body, timeout: .seconds(20)))
        let data = Data(response.body)
        guard response.isSuccess else { throw failure(response, data) }
        do { return try JSONDecoder().decode(Answer.self, from: data) } catch {
            throw CommandError("\(address)\(path): the answer is not what this version expects: \(error)")
        }
    }

    private func failure(_ response: HTTPResponse, _ data: Data) -> CommandError {
        let answer = try? JSONDecoder().decode(ErrorAnswer.self, from: data)
        let message = answer?.error.message ?? "the server answered \(response.status)"
        guard response.status == 401 else { return CommandError(message) }
        return CommandError("\(message); give a token with --token-file or HEADGATE_TOKEN")
    }

    private func escaped(_ name: String) -> String {
        name.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(["-", ".", "_"])) ?? name
    }
}
