import Analysis
import Foundation
import Transport

/// Tokens of OAuth 2.0, fetched by a client's id and secret and kept until shortly before they end.
actor TokenCache {
    private struct Token {
        let text: String
        let until: Moment
    }

    private let sender: any HTTPSender
    private var tokens: [Key: Token] = [:]
    /// A token that ends on its way to the store is no good.
    private static let reserve = Duration.seconds(30)
    /// Of one that does not say how long it lasts.
    private static let usualLife = 300
    private static let countMax = 1_000
    private static let answerBytesMax = 64 << 10

    /// With the secret in it: whoever has another gets another token.
    private struct Key: Hashable {
        let client: StoreAccount.ClientCredentials
        let secret: String

        /// The parts are encoded first, says RFC 6749: there may be a colon in either.
        var proof: String {
            Data("\(formEncoded(client.clientID)):\(formEncoded(secret))".utf8).base64EncodedString()
        }
    }

    init(_ sender: any HTTPSender) {
        self.sender = sender
    }

    /// Gives the question its token, where it needs one. Answers whether that one was kept from an earlier question.
    @discardableResult
    func authorize(_ question: inout StoreQuestion) async throws(SampleFailure) -> Bool {
        guard case .clientCredentials(let client) = question.account.authorization else { return false }
        let key = Key(client: client, secret: try await question.credentials.read(client.clientSecret))
        if let token = tokens[key], question.now < token.until {
            question.credentials.bear(token.text)
            return true
        }
        let token = try await fetch(key, for: &question)
        question.credentials.bear(token.text)
        if tokens.count >= Self.countMax { tokens.removeAll() }
        tokens[key] = token
        return false
    }

    func forget(_ question: StoreQuestion) {
        guard case .clientCredentials(let client) = question.account.authorization else { return }
        tokens = tokens.filter { $0.key.client != client }
    }

    private func fetch(_ key: Key, for question: inout StoreQuestion) async throws(SampleFailure) -> Token {
        let request = Self.request(key.client, proof: key.proof, for: question)
        question.credentials.conceal(key.proof)
        do throws(SampleFailure) {
            let response = try await sender.answer(to: request)
            return try Self.token(in: response, at: question.now)
        } catch {
            throw SampleFailure(
                error.kind, "no token from \(place(of: key.client.tokenURL)): \(error.message)")
        }
    }

    private static func request(
        _ client: StoreAccount.ClientCredentials, proof: String, for question: StoreQuestion
    ) -> HTTPRequest {
        var form = Form(["grant_type": "client_credentials"])
        if !client.scopes.isEmpty { form.add("scope", client.scopes.joined(separator: " ")) }
        // What is agreed with the store about its name and ours is not agreed with whoever gives tokens.
        var connection = question.account.connection
        (connection.serverName, connection.clientCertificate) = (nil, nil)
        return HTTPRequest(
            .post, client.tokenURL,
            headers: [
                "Authorization": "Basic \(proof)",
                "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
            ], body: Array(form.text.utf8), timeout: question.query.timeout,
            responseBytesMax: answerBytesMax, connection: connection)
    }

    private static func token(in response: HTTPResponse, at now: Moment) throws(SampleFailure) -> Token {
        let json = try? JSON(parsing: response.body)
        guard response.isSuccess else {
            let words = [json?["error"]?.string, json?["error_description"]?.string].compactMap(\.self)
            throw SampleFailure(
                status: response.status, saying: words.isEmpty ? nil : words.joined(separator: ": "))
        }
        guard let text = json?["access_token"]?.string, !text.isEmpty else {
            throw .unreadable("no access_token")
        }
        let seconds = min(max(json?["expires_in"]?.integer ?? usualLife, 0), 1 << 30)
        return Token(text: text, until: now + (.seconds(seconds) - reserve))
    }
}
