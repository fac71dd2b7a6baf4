import Analysis
import Hummingbird
import Intake
import Journal

/// What admins do with tokens.
struct TokenAnswers: Sendable {
    let tokens: Tokens

    func list(_ call: APICall) async throws -> Response {
        let stored = try await translated { () async throws(Tokens.Failure) in try await tokens.all() }
        return try .json(TokenList(tokens: stored.compactMap(TokenStatus.init)))
    }

    func issue(_ call: APICall) async throws -> Response {
        let body = try await call.body(as: TokenBody.self)
        guard let role = Role(rawValue: body.role) else {
            throw APIError.malformed(
                "`role` is one of: " + Role.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let text = try await translated { () async throws(Tokens.Failure) in
            try await tokens.issue(name: body.name, role: role, by: call.who)
        }
        return try .json(NewToken(name: body.name, role: role, token: text), status: .created)
    }

    func revoke(_ call: APICall) async throws -> Response {
        try await translated { () async throws(Tokens.Failure) in
            try await tokens.revoke(call.parameters["name"] ?? "")
        }
        return Response(status: .noContent)
    }

    private func translated<Value>(
        _ body: () async throws(Tokens.Failure) -> Value
    ) async throws(APIError) -> Value {
        do throws(Tokens.Failure) { return try await body() } catch { throw APIError(error) }
    }
}

private struct TokenBody: StrictBody {
    let name: String
    let role: String

    static let keys = ["name", "role"]
}

extension TokenStatus {
    fileprivate init?(_ token: StoredToken) {
        guard let role = Role(rawValue: token.role) else { return nil }
        self.init(
            name: token.name, role: role, createdAt: token.createdAt.description, createdBy: token.createdBy)
    }
}
