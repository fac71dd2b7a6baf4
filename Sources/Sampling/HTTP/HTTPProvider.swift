package import Analysis
package import Engine
package import Transport

/// Asks stores of one kind over HTTP: finds the account, sends what the dialect says, and reads what it reads.
///
/// All kinds have in common what is here: who may ask, how long and how much, which trouble is whose, and that no
/// secret comes back.
package struct HTTPProvider: MetricProvider {
    private let dialect: any StoreDialect
    private let accounts: StoreAccounts
    private let sender: any HTTPSender
    private let secrets: (any SecretReader)?
    private let tokens: TokenCache
    private let resting = RestingStores()
    /// More pages than any store has for one measurement.
    private static let requestsMax = 100

    package var kind: String { dialect.kind }

    package init(
        _ dialect: any StoreDialect, _ accounts: StoreAccounts, sender: any HTTPSender,
        secrets: (any SecretReader)? = nil
    ) {
        self.dialect = dialect
        self.accounts = accounts
        self.sender = sender
        self.secrets = secrets
        tokens = TokenCache(sender)
    }

    package func backend(of query: Query) -> String {
        guard let account = try? accounts.account(dialect.account(for: query), of: kind) else { return kind }
        return "\(kind) \(place(of: address(of: account)))"
    }

    package func sample(_ query: Query, at now: Moment) async -> Sample {
        do throws(SampleFailure) {
            return try await asked(query, at: now)
        } catch {
            return .failure(error)
        }
    }

    private func asked(_ query: Query, at now: Moment) async throws(SampleFailure) -> Sample {
        try await read(query, at: now) { question, answers throws(SampleFailure) in
            try dialect.sample(question, from: answers).concealed(by: question.credentials.concealment)
        }
    }

    /// What `reading` finds in the answers. A failure is freed of secrets here; what is found is for `reading` to free.
    package func read<Found>(
        _ query: Query, at now: Moment,
        _ reading: (StoreQuestion, [HTTPResponse]) throws(SampleFailure) -> Found
    ) async throws(SampleFailure) -> Found {
        let known = try accounts.account(dialect.account(for: query), of: kind)
        let account = try known.authorized(by: query, isKnown: accounts.all.contains(known))
        let credentials = try await Credentials(of: account, by: secrets)
        let address = address(of: account)
        var question = StoreQuestion(
            query: query, account: account, credentials: credentials, now: now, address: address)
        do throws(SampleFailure) {
            return try reading(question, try await answers(&question))
        } catch {
            let message = question.credentials.concealment.concealed(in: error.message)
            let place = address.isEmpty ? "" : " at \(place(of: address))"
            throw SampleFailure(error.kind, "\(kind)\(place): \(message)")
        }
    }

    private func address(of account: StoreAccount) -> String {
        account.address ?? dialect.usualAddress(of: account)
    }

    /// A token that ended before its time is fetched once more.
    private func answers(_ question: inout StoreQuestion) async throws(SampleFailure) -> [HTTPResponse] {
        try await resting.check(question.account, at: question.now)
        let isCached = try await tokens.authorize(&question)
        var answers = try await send(question)
        if isCached, answers.last?.status == 401 {
            await tokens.forget(question)
            try await tokens.authorize(&question)
            answers = try await send(question)
        }
        if let last = answers.last, !last.isSuccess {
            let failure = dialect.failure(of: last)
            throw await resting.failure(failure, in: last, of: question.account, at: question.now)
        }
        return answers
    }

    /// The answers up to the first that is none of success.
    private func send(_ question: StoreQuestion) async throws(SampleFailure) -> [HTTPResponse] {
        var answers: [HTTPResponse] = []
        var next: HTTPRequest? = try dialect.request(question)
        while let request = next {
            guard answers.count < Self.requestsMax else {
                throw SampleFailure(
                    .refused, "the answer has more than \(Self.requestsMax) pages; ask for less")
            }
            let answer = try await sender.answer(to: request)
            answers.append(answer)
            next = answer.isSuccess ? try dialect.request(question, after: answers) : nil
        }
        return answers
    }
}

extension HTTPSender {
    func answer(to request: HTTPRequest) async throws(SampleFailure) -> HTTPResponse {
        do {
            return try await send(request)
        } catch {
            let isOurs = error.kind == .invalidRequest || error.kind == .tooLarge
            throw SampleFailure(isOurs ? .refused : .outage, error.message)
        }
    }
}

extension StoreAccount {
    /// With what the query's document says about who asks.
    ///
    /// - Parameter isKnown: whether this account stands in the server's configuration.
    func authorized(by query: Query, isKnown: Bool) throws(SampleFailure) -> StoreAccount {
        var account = self
        if let authorization = try Authorization(query.details?["authentication"]) {
            account.authorization = authorization
        }
        guard query.details?["insecure"]?.isTrue == true else { return account }
        if isKnown {
            throw SampleFailure(
                .refused,
                "`insecure` has no place where the server's configuration knows the address: its `tls` says whom "
                    + "to trust; remove it")
        }
        account.connection.verifies = false
        return account
    }
}

extension StoreAccount.Authorization {
    /// As a document has it, whose decoder has looked at it already. Nil where it says nothing.
    init?(_ written: Value?) throws(SampleFailure) {
        guard let written, let kind = written.members?.keys.first, let fields = written[kind] else {
            return nil
        }
        func text(_ name: String) -> String { fields[name]?.text ?? "" }
        switch kind {
        case "basicAuth": self = .basic(user: text("username"), password: .text(text("password")))
        case "bearer": self = .bearer(.text(text("token")))
        case "oauth2":
            self = .clientCredentials(
                .init(
                    tokenURL: text("tokenUrl"), clientID: text("clientId"),
                    clientSecret: .text(text("clientSecret")),
                    scopes: fields["scopes"]?.elements?.compactMap(\.text) ?? []))
        case "sigv4":
            self = .signature(.init(region: text("region"), service: fields["service"]?.text ?? "aps"))
        default: throw SampleFailure(.refused, "authentication by \(kind) is unknown")
        }
    }
}
