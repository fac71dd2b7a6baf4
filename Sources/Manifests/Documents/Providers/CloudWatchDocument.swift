import Analysis

extension Shape where Output == Query {
    /// `cloudWatch: {interval: 5m, metricDataQueries: [{id: errors, …}]}`.
    static func cloudWatch(_ dialect: Dialect) -> Shape {
        .object { fields in
            let queries = fields.required("metricDataQueries", .metricDataQueries)
            let interval = fields.optional("interval", in: dialect, .timeout)
            let account = dialect == .headgate ? fields.optional("account", .storeAccount) : nil
            let timeout = fields.ownTimeout(dialect)
            guard let queries else { return nil }
            let names = queries.compactMap { $0["Id"]?.text }
            return Query(
                provider: "cloudWatch", text: names.joined(separator: ", "), timeout: timeout ?? .seconds(30),
                details: .details([
                    "queries": .array(queries), "account": account.map(Value.string),
                    "interval": .seconds(interval ?? .seconds(300)),
                ]))
        }
    }
}

extension Shape where Output == [Value] {
    fileprivate static var metricDataQueries: Shape {
        Shape<[Value]>.list(of: .metricDataQuery).upTo(100).refusing { queries in
            let names = queries.compactMap { $0["Id"]?.text }
            if names.isEmpty { return "asks for nothing" }
            return Set(names).count < names.count ? "has two queries with the same id" : nil
        }.noting(.items(from: 1))
    }
}

/// Under the names that Amazon has for what Argo writes.
extension Shape where Output == Value {
    fileprivate static var metricDataQuery: Shape {
        .object { fields in
            let id = fields.required("id", .nonEmptyString)
            let expression = fields.optional("expression", .nonEmptyString)
            let stat = fields.optional("metricStat", .metricStat)
            let label = fields.optional("label", .string)
            let period = fields.optional("period", .stringOrNumber)
            let returnData = fields.optional("returnData", .bool)
            guard fields.exactlyOne(of: ["expression", "metricStat"]) != nil, let id else { return nil }
            return .details([
                "Id": .string(id), "Expression": expression.map(Value.string), "MetricStat": stat,
                "Label": label.map(Value.string), "Period": period.map(Value.string),
                "ReturnData": returnData.map(Value.bool),
            ])
        }
    }

    private static var metricStat: Shape {
        .object { fields in
            let metric = fields.required("metric", .cloudMetric)
            let period = fields.required("period", .stringOrNumber)
            let stat = fields.required("stat", .nonEmptyString)
            let unit = fields.optional("unit", .nonEmptyString)
            guard let metric, let period, let stat else { return nil }
            return .details([
                "Metric": metric, "Period": .string(period), "Stat": .string(stat),
                "Unit": unit.map(Value.string),
            ])
        }
    }

    private static var cloudMetric: Shape {
        .object { fields in
            let dimensions = fields.optional("dimensions", Shape<[Value]>.list(of: .dimension).upTo(30))
            let name = fields.required("metricName", .nonEmptyString)
            let namespace = fields.optional("namespace", .nonEmptyString)
            return name.map {
                .map(
                    [
                        "Namespace": namespace.map(Value.string), "MetricName": .string($0),
                        "Dimensions": dimensions.map(Value.array),
                    ].compactMapValues(\.self))
            }
        }
    }

    private static var dimension: Shape {
        .object { fields in
            let name = fields.required("name", .nonEmptyString)
            let value = fields.required("value", .string)
            guard let name, let value else { return nil }
            return .map(["Name": .string(name), "Value": .string(value)])
        }
    }
}
