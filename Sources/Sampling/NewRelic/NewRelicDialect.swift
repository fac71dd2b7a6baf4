import Analysis
import Transport

/// New Relic's NerdGraph, which is asked in NRQL.
struct NewRelicDialect: StoreDialect {
    let kind = "newRelic"

    /// The account's number and the query are variables, so that nothing in a query is read as GraphQL.
    private static let question = """
        query($accountId: Int!, $nrqlQuery: Nrql!, $timeout: Seconds) { actor { account(id: $accountId) { \
        nrql(query: $nrqlQuery, timeout: $timeout) { results } } } }
        """

    func account(for query: Query) -> AccountChoice { .named(query.details?["account"]?.text) }

    func usualAddress(of account: StoreAccount) -> String {
        switch account.settings["region"]?.lowercased() {
        case "eu": "https://api.eu.newrelic.com"
        case "staging": "https://staging-api.newrelic.com"
        default: "https://api.newrelic.com"
        }
    }

    func request(_ question: StoreQuestion) throws(SampleFailure) -> HTTPRequest {
        guard let account = question.account.settings["accountId"].flatMap({ Int64($0) }) else {
            throw SampleFailure(
                .refused,
                "the account has no `accountId`, a number; add it to its `settings` in the server's "
                    + "configuration")
        }
        let variables: JSON = [
            "accountId": .integer(account), "nrqlQuery": .string(question.query.text),
            "timeout": .integer(max(1, question.query.timeout.components.seconds)),
        ]
        return question.json(
            question.address + "/graphql", ["query": .string(Self.question), "variables": variables],
            headers: ["API-Key": try question.credentials.key("apiKey")])
    }

    /// One row is a map, several are a list of maps. None is no data.
    func sample(
        _ question: StoreQuestion, from answers: [HTTPResponse]
    ) throws(SampleFailure) -> Sample {
        let answer = try answers[0].json()
        if let errors = answer["errors"]?.array, !errors.isEmpty { throw failure(saying: errors) }
        guard let rows = answer["data"]?["actor"]?["account"]?["nrql"]?["results"]?.array else {
            throw SampleFailure.unreadable("no results")
        }
        guard let first = rows.first else { throw SampleFailure(.noData, "the query returned no rows") }
        return .value(Value(measured: rows.count == 1 ? first : .array(rows)), warnings: [])
    }

    /// NerdGraph answers 200 whatever happened.
    private func failure(saying errors: [JSON]) -> SampleFailure {
        let words = errors.compactMap { $0["message"]?.string }.joined(separator: "; ")
        let troubles = ["SERVER_ERROR", "TIMEOUT", "TOO_MANY_REQUESTS", "SERVICE_UNAVAILABLE"]
        let isTrouble = errors.contains { error in
            error["extensions"]?["errorClass"]?.string.map(troubles.contains) ?? false
        }
        return SampleFailure(
            isTrouble ? .outage : .refused, shown(words.isEmpty ? "an error without words" : words))
    }
}
