import Analysis

extension Shape where Output == Query {
    /// - Parameter isCompared: whether a comparison says what is asked.
    static func prometheus(_ dialect: Dialect, isCompared: Bool) -> Shape {
        .object { fields in
            let query =
                isCompared
                ? fields.optional("query", .nonEmptyString) : fields.required("query", .nonEmptyString)
            let address = fields.optional("address", .storeAddress)
            let timeout = fields.optional("timeout", .timeout)
            let range = fields.optional("rangeQuery", .rangeQuery)
            let headers = fields.optional("headers", in: dialect, .headers(dialect))
            let details = fields.access(dialect)
            if isCompared { fields.refuseQueries() }
            return (isCompared ? "" : query).map { text in
                Query(
                    provider: "prometheus", address: address, text: text, range: range,
                    timeout: timeout ?? .seconds(30), headers: headers?.headers,
                    secrets: headers?.secrets, details: details)
            }
        }
    }
}

extension Fields {
    fileprivate func refuseQueries() {
        guard field.sketch == nil else { return }
        for key in ["query", "rangeQuery"] where has(key) {
            field.refuse(
                "\(key) has no place beside compare or kayenta, which say themselves what they ask for")
        }
    }
}

extension Shape where Output == String {
    fileprivate static var moment: Shape {
        Shape { field in
            guard !field.isOpen, let text = field.read(.nonEmptyString) else { return nil }
            do throws(ExpressionError) {
                let type = try Expression(parsing: text).check(result: .none)
                if type == .time || type == .any { return text }
                field.refuse(
                    "\(quoted(text)) gives \(type), not a time; write it like now() - duration(\"5m\")")
            } catch {
                field.refuse("\(quoted(text)) is no time: \(error)")
            }
            return nil
        }
    }
}

extension Shape where Output == QueryRange {
    fileprivate static var rangeQuery: Shape {
        .object { fields in
            let start = fields.required("start", .moment)
            let end = fields.required("end", .moment)
            let step = fields.required("step", .timeout)
            guard let start, let end, let step else { return nil }
            return QueryRange(start: start, end: end, step: step)
        }
    }
}
