import Analysis

extension Shape where Output == Query {
    /// `provider: {prometheus: {…}}`: one kind of store, and the question to it.
    ///
    /// - Parameter isCompared: whether the question is asked by a comparison, beside this.
    static func provider(_ dialect: Dialect, isCompared: Bool) -> Shape {
        .object { fields in
            let (prometheus, job) = (fields.field("prometheus"), fields.field("job"))
            let hasUnsupported = fields.refuseUnsupported(unsupportedProviders)
            guard !hasUnsupported, !fields.isElse(than: ["prometheus", "job"]),
                let kind = fields.exactlyOne(of: ["prometheus", "job"])
            else { return nil }
            return kind == "job"
                ? job?.read(.job(dialect)) : prometheus?.read(.prometheus(dialect, isCompared: isCompared))
        }
    }

    private static var unsupportedProviders: KeyValuePairs<String, String> {
        [
            "cloudWatch": only, "datadog": only, "graphite": only, "influxdb": only,
            "kayenta": only, "newRelic": only, "plugin": only, "skywalking": only, "wavefront": only,
            "web": only,
        ]
    }

    private static var only: String { "the providers that work are prometheus and job" }

    static func prometheus(_ dialect: Dialect, isCompared: Bool) -> Shape {
        .object { fields in
            let query =
                isCompared
                ? fields.optional("query", .nonEmptyString) : fields.required("query", .nonEmptyString)
            let address = fields.optional("address", .storeAddress)
            let timeout = fields.optional("timeout", .timeout)
            let range = fields.optional("rangeQuery", .rangeQuery)
            let headers = fields.optional("headers", in: dialect, .headers(dialect))
            fields.refuseUnsupported([
                "authentication": "it belongs in the server's configuration",
                "insecure": "it belongs in the server's configuration",
            ])
            if isCompared { fields.refuseQueries() }
            return (isCompared ? "" : query).map { text in
                Query(
                    provider: "prometheus", address: address, text: text, range: range,
                    timeout: timeout ?? .seconds(30), headers: headers?.headers,
                    secrets: headers?.secrets)
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
    /// An address of a metrics store. Argo takes an empty one for none.
    fileprivate static var storeAddress: Shape {
        Shape { field in
            guard !field.isOpen, let text = field.read(.string), !text.isEmpty else { return nil }
            guard let flaw = addressFlaw(text) else { return text }
            field.refuse(flaw)
            return nil
        }
    }

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

/// Does not show the address before it is known to hold no password.
func addressFlaw(_ text: String) -> String? {
    if text.contains("{{") { return "an address can't take anything from a release" }
    guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else {
        return "is no address; it begins with http:// or https://"
    }
    let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
    if authority.isEmpty { return "names no host" }
    return authority.contains("@")
        ? "a password has no place here; it belongs in the server's configuration" : nil
}

extension Shape where Output == Duration {
    fileprivate static var timeout: Shape {
        Shape { field in
            field.isOpen
                ? nil : field.read(.durationOrSeconds.refusing { $0 == .zero ? "must be more than 0s" : nil })
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
