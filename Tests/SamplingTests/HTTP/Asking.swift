import Analysis
import Transport

@testable import Sampling

/// What a dialect asks and reads, without a server.
struct Asking {
    let dialect: any StoreDialect
    let question: StoreQuestion

    /// At 2025-11-22T18:48:00Z.
    init(
        _ dialect: any StoreDialect, _ text: String, _ details: [String: Value] = [:],
        by account: StoreAccount = StoreAccount()
    ) async throws {
        self.dialect = dialect
        let query = Query(
            provider: dialect.kind, text: text, timeout: .seconds(10), details: .map(details))
        question = StoreQuestion(
            query: query, account: account, credentials: try await Credentials(of: account),
            now: Moment(microseconds: 1_763_837_280_250_000),
            address: account.address ?? dialect.usualAddress(of: account))
    }

    func request() throws -> HTTPRequest { try dialect.request(question) }

    func body() throws -> String { String(decoding: try request().body ?? [], as: UTF8.self) }

    func sample(_ bodies: String...) throws -> Sample {
        try dialect.sample(question, from: bodies.map { HTTPResponse(status: 200, body: Array($0.utf8)) })
    }

    func value(_ bodies: String...) throws -> Value? {
        let answers = bodies.map { HTTPResponse(status: 200, body: Array($0.utf8)) }
        guard case .value(let value, _) = try dialect.sample(question, from: answers) else { return nil }
        return value
    }
}
