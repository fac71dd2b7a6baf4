package import Engine
package import Transport

/// The kinds of stores that are asked over HTTP.
package enum StoreKinds {
    private static let dialects: [any StoreDialect] = [
        CloudWatchDialect(), DatadogDialect(), GraphiteDialect(), InfluxDBDialect(), NewRelicDialect(),
        PrometheusDialect(), WebDialect(),
    ]

    package static var names: [String] { dialects.map(\.kind).sorted() }

    /// Whether nothing but the account can say where this store is.
    package static func needsAddress(_ kind: String, _ account: StoreAccount) -> Bool {
        dialects.contains { $0.kind == kind && $0.usualAddress(of: account).isEmpty }
    }

    /// - Parameter accounts: what the server's configuration says, by kind.
    package static func providers(
        _ accounts: [String: StoreAccounts], sender: any HTTPSender, secrets: (any SecretReader)?
    ) -> [any MetricProvider] {
        dialects.map {
            HTTPProvider($0, accounts[$0.kind] ?? StoreAccounts(), sender: sender, secrets: secrets)
        }
    }
}
