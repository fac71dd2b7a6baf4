import Analysis

extension Shape where Output == Query {
    /// `newRelic: {profile: eu, query: "FROM Transaction SELECT …"}`.
    static func newRelic(_ dialect: Dialect) -> Shape {
        .object { fields in
            let query = fields.required("query", .nonEmptyString)
            let profile = fields.optional("profile", in: dialect, .storeAccount)
            let timeout = fields.optional("timeout", in: dialect, .timeout)
            return query.map {
                Query(
                    provider: "newRelic", text: $0, timeout: timeout ?? .seconds(5),
                    details: .details(["account": profile.map(Value.string)]))
            }
        }
    }
}
