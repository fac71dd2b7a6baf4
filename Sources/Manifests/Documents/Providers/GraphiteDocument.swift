import Analysis

extension Shape where Output == Query {
    /// `graphite: {query: "target=…&from=-5min"}`.
    static func graphite(_ dialect: Dialect) -> Shape {
        .object { fields in
            let query = fields.required("query", .nonEmptyString)
            let address = fields.optional("address", .storeAddress)
            let timeout = fields.ownTimeout(dialect)
            return query.map {
                Query(provider: "graphite", address: address, text: $0, timeout: timeout ?? .seconds(10))
            }
        }
    }
}

extension Fields {
    /// How long an answer may take, where Argo has no word for it.
    mutating func ownTimeout(_ dialect: Dialect) -> Duration? {
        dialect == .headgate ? optional("timeout", .timeout) : nil
    }
}
