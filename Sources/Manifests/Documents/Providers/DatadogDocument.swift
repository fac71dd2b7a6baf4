import Analysis

extension Shape where Output == Query {
    /// `datadog: {query: "avg:…"}`, or `{apiVersion: v2, queries: {a: …, b: …}, formula: a / b}`.
    static func datadog(_ dialect: Dialect) -> Shape {
        .object { fields in
            let version = fields.optional("apiVersion", in: dialect, .datadogVersion) ?? "v1"
            let query = fields.optional("query", in: dialect, .nonEmptyString)
            let queries = fields.optional("queries", in: dialect, Shape<[String: String]>.datadogQueries)
            let formula = fields.optional("formula", in: dialect, .nonEmptyString)
            let aggregator = fields.optional("aggregator", in: dialect, .datadogAggregator)
            let interval = fields.optional("interval", in: dialect, .timeout)
            let timeout = fields.optional("requestTimeout", in: dialect, .timeout)
            let account = fields.optional("secretRef", in: dialect, .datadogAccount)
            fields.refuseDatadog(version, queries: queries?.count)
            guard
                let text = query
                    ?? queries?.sorted(by: { $0.key < $1.key }).map(\.value).joined(separator: "; ")
            else { return nil }
            let isV2 = version == "v2"
            return Query(
                provider: "datadog", text: formula ?? text, timeout: timeout ?? .seconds(10),
                details: .details([
                    "apiVersion": .string(version), "account": account.map(Value.string),
                    "queries": queries.map { .map($0.mapValues(Value.string)) },
                    "formula": formula.map(Value.string),
                    "aggregator": isV2 ? .string(aggregator ?? "last") : nil,
                    "interval": .seconds(interval ?? .seconds(300)),
                ]))
        }
    }
}

extension Value {
    /// A span of time as stores are asked about it.
    static func seconds(_ span: Duration) -> Value { .int(max(1, span.components.seconds)) }
}

extension Fields {
    /// What Argo refuses when the metric runs is refused when it is read.
    fileprivate func refuseDatadog(_ version: String, queries: Int?) {
        guard exactlyOne(of: ["query", "queries"]) != nil, field.sketch == nil else { return }
        for key in ["queries", "formula", "aggregator"] where version == "v1" && has(key) {
            field.refuse("\(key) goes with `apiVersion: v2`")
        }
        if version != "v1", has("formula"), !has("queries") {
            field.refuse("a formula is about `queries`, which have names")
        }
        if let queries, queries > 1, !has("formula") {
            field.refuse("several queries come to one value by a `formula`; write one, or a single query")
        }
    }
}

extension Shape where Output == String {
    fileprivate static var datadogVersion: Shape { .oneOf(["v1": "v1", "v2": "v2"]) }

    fileprivate static var datadogAggregator: Shape {
        .oneOf([
            "avg": "avg", "min": "min", "max": "max", "sum": "sum", "last": "last",
            "percentile": "percentile",
            "mean": "mean", "l2norm": "l2norm", "area": "area",
        ])
    }

    /// The Secret that Argo would read is the name of an account of the server.
    fileprivate static var datadogAccount: Shape {
        .object { fields in
            let name = fields.optional("name", .storeAccount)
            _ = fields.optional("namespaced", .bool)
            return name
        }
    }
}

extension Shape where Output == [String: String] {
    fileprivate static var datadogQueries: Shape {
        Shape<[String: String]>.dictionary(of: .nonEmptyString).refusing {
            $0.isEmpty ? "names no query" : $0.count > 20 ? "has \($0.count) queries; the limit is 20" : nil
        }
    }
}
