import Analysis

extension Shape where Output == Query {
    /// `influxdb: {profile: eu, query: "from(bucket: …"}`; with a `database` of ours the query is InfluxQL.
    static func influxDB(_ dialect: Dialect) -> Shape {
        .object { fields in
            let query = fields.required("query", .nonEmptyString)
            let profile = fields.optional("profile", in: dialect, .storeAccount)
            let database = dialect == .headgate ? fields.optional("database", .nonEmptyString) : nil
            let timeout = fields.ownTimeout(dialect)
            return query.map {
                Query(
                    provider: "influxdb", text: $0, timeout: timeout ?? .seconds(30),
                    details: .details([
                        "account": profile.map(Value.string), "database": database.map(Value.string),
                    ]))
            }
        }
    }
}

extension Value {
    /// A query's own fields; nil where there are none.
    static func details(_ fields: [String: Value?]) -> Value? {
        let written = fields.compactMapValues(\.self)
        return written.isEmpty ? nil : .map(written)
    }
}

extension Shape where Output == String {
    /// The name of an account in the server's configuration. Argo takes an empty one for none.
    static var storeAccount: Shape {
        Shape { field in field.read(.string).flatMap { $0.isEmpty ? nil : $0 } }
    }
}
