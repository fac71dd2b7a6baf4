import Analysis

/// One kind of `provider: {prometheus: {…}}`: what it is called, how it is read, and what it gives to conditions.
struct ProviderDocument: Sendable {
    let key: String
    /// Argo Rollouts knows no other.
    var isArgos = true
    /// What a condition may be about; one of these has to fit.
    var results: [ValueType] = [.any]
    let shape: @Sendable (Dialect, _ isCompared: Bool) -> Shape<Query>

    /// All that work, in the order of their names.
    static let all: [ProviderDocument] = [
        ProviderDocument(key: "cloudWatch", results: [.array(.any)]) { dialect, _ in .cloudWatch(dialect) },
        ProviderDocument(key: "datadog") { dialect, _ in .datadog(dialect) },
        ProviderDocument(key: "exec", isArgos: false) { dialect, _ in .exec(dialect) },
        ProviderDocument(key: "graphite", results: [.array(.float)]) { dialect, _ in .graphite(dialect) },
        ProviderDocument(key: "influxdb", results: [.array(.any)]) { dialect, _ in .influxDB(dialect) },
        ProviderDocument(key: "job") { dialect, _ in .job(dialect) },
        ProviderDocument(key: "newRelic", results: [.map, .array(.any)]) { dialect, _ in .newRelic(dialect) },
        ProviderDocument(key: "prometheus", results: [.array(.float), .float]) {
            .prometheus($0, isCompared: $1)
        },
        ProviderDocument(key: "web") { dialect, _ in .web(dialect) },
    ]

    static func named(_ key: String) -> ProviderDocument? { all.first { $0.key == key } }

    fileprivate static func all(in dialect: Dialect) -> [ProviderDocument] {
        all.filter { $0.isArgos || dialect == .headgate }
    }

    /// What Argo Rollouts has and we don't.
    fileprivate static let missing = [
        "kayenta", "plugin", "skywalking", "wavefront",
    ]
}

extension Shape where Output == Query {
    /// `provider: {prometheus: {…}}`: one kind of store, and the question to it.
    ///
    /// - Parameter isCompared: whether the question is asked by a comparison, beside this.
    static func provider(_ dialect: Dialect, isCompared: Bool) -> Shape {
        .object { fields in
            let all = ProviderDocument.all(in: dialect)
            let keys = all.map(\.key)
            let read = all.map { (document: $0, field: fields.field($0.key)) }
            let hasUnsupported = fields.refuseUnsupported(among: keys)
            guard !hasUnsupported, !fields.isElse(than: keys), let kind = fields.exactlyOne(of: keys),
                let (document, field) = read.first(where: { $0.document.key == kind })
            else { return nil }
            if isCompared, fields.field.sketch == nil, kind != "prometheus", kind != "job" {
                fields.field.refuse("compare asks Prometheus for counters, which \(kind) does not have")
                return nil
            }
            return field?.read(document.shape(dialect, isCompared))
        }
    }
}

extension Fields {
    fileprivate mutating func refuseUnsupported(among keys: [String]) -> Bool {
        let isThere = ProviderDocument.missing.filter { !keys.contains($0) && has($0) }
        guard field.sketch == nil, !isThere.isEmpty else { return false }
        let reason =
            "the providers that work are \(keys.dropLast().joined(separator: ", ")) and \(keys.last ?? "")"
        for key in isThere { refuseUnsupported(KeyValuePairs(dictionaryLiteral: (key, reason))) }
        return true
    }
}
