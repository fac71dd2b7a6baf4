import Analysis
import Foundation
import Testing
import Transport

@testable import Sampling

/// One kind of store, with what its dialect is held to.
struct ConformingStore: Sendable, CustomTestStringConvertible {
    let dialect: any StoreDialect
    /// A query to a store at this address; its headers may name no secret.
    let query: @Sendable (_ address: String) -> Query
    /// An account at this address, every proof of which is this secret.
    let account: @Sendable (_ address: String, _ secret: String) -> StoreAccount
    /// A good answer, and what it comes to.
    let good: String
    let sample: Sample
    /// A good answer without data, and what that comes to: nil where it is a failure of the kind `noData`.
    let empty: String
    let emptySample: Sample?
    /// What is no JSON is a text, and not trouble.
    var takesText = false
    /// How the secret is found in a request that bears it.
    var proof: @Sendable (_ secret: String) -> String = { $0 }

    var testDescription: String { dialect.kind }

    /// Of all kinds; a new store adds its row.
    static let all: [ConformingStore] = [
        prometheus, web, datadog, datadogScalar, newRelic, cloudWatch, graphite, influxQL, flux,
    ]
}

extension ConformingStore {
    static let prometheus = ConformingStore(
        dialect: PrometheusDialect(),
        query: { Query(provider: "prometheus", address: $0, text: "up", timeout: .seconds(10)) },
        account: { StoreAccount(address: $0, authorization: .bearer(.text($1))) },
        good:
            #"{"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}, "value": [1, "0.5"]}]}}"#,
        sample: .value(.array([.float(0.5)]), warnings: []),
        empty: #"{"status": "success", "data": {"resultType": "vector", "result": []}}"#,
        emptySample: .value(.array([]), warnings: []))

    static let web = ConformingStore(
        dialect: WebDialect(),
        query: {
            Query(
                provider: "web", text: "\($0)/measure?of=web", timeout: .seconds(10),
                details: .map(["jsonPath": .string("{$.rates[?(@.of == 'web')].rate}")]))
        },
        account: {
            StoreAccount(address: $0, authorization: .basic(user: "headgate", password: .text($1)))
        },
        good: #"{"rates": [{"of": "web", "rate": 0.5}]}"#, sample: .value(.float(0.5), warnings: []),
        empty: #"{"rates": []}"#, emptySample: nil, takesText: true,
        proof: { Data("headgate:\($0)".utf8).base64EncodedString() })
}
