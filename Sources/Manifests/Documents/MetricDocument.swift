import Analysis

extension Shape where Output == Metric {
    /// One of `spec.metrics`, with its arguments filled in as far as they are known. Nil without a report where a
    /// value is still open.
    ///
    /// - Parameter counting: who counts the requests that a builtin asks for.
    static func metric(_ dialect: Dialect, counting: Counting = .unknown) -> Shape {
        .object { fields in
            let draft = MetricDocument(&fields, dialect, counting)
            draft.checkConditions()
            draft.checkLimits()
            return draft.metric
        }
    }
}

/// A metric as it is written, for the rules that look at several of its fields.
private struct MetricDocument {
    let field: Field
    let dialect: Dialect
    let name: String?
    let query: Query?
    let interval: Duration?
    let initialDelay: Duration?
    let count: Int?
    let successCondition: ConditionText?
    let failureCondition: ConditionText?
    let failureLimit: Int?
    let inconclusiveLimit: Int?
    let consecutiveErrorLimit: Int?
    let consecutiveSuccessLimit: Int?
    let compared: ComparisonDocument?
    let kayenta: KayentaDocument?
    /// None: a provider says what is asked.
    let builtin: BuiltinDocument?

    init(_ fields: inout Fields, _ dialect: Dialect, _ counting: Counting) {
        field = fields.field
        self.dialect = dialect
        name = fields.required("name", .metricName.unlessOpen)
        interval = fields.optional("interval", in: dialect, .interval.unlessOpen)
        initialDelay = fields.optional("initialDelay", in: dialect, .duration.unlessOpen)
        count = fields.optional("count", in: dialect, .limit(from: dialect == .argo ? 0 : 1).unlessOpen)
        successCondition = fields.optional(
            "successCondition", in: dialect, .condition(dialect, .success).unlessOpen)
        failureCondition = fields.optional(
            "failureCondition", in: dialect, .condition(dialect, .failure).unlessOpen)
        failureLimit = fields.optional("failureLimit", in: dialect, .limit(from: -1).unlessOpen)
        inconclusiveLimit = fields.optional("inconclusiveLimit", in: dialect, .limit(from: 0).unlessOpen)
        consecutiveErrorLimit = fields.optional(
            "consecutiveErrorLimit", in: dialect, .limit(from: 0).unlessOpen)
        consecutiveSuccessLimit = fields.optional(
            "consecutiveSuccessLimit", in: dialect, .limit(from: 0).unlessOpen)
        // Documents of Argo Rollouts know no comparison: there it is an unknown key.
        compared = dialect == .headgate ? fields.optional("compare", .comparison) : nil
        kayenta = dialect == .headgate ? KayentaDocument.read(&fields) : nil
        let isCompared = dialect == .headgate && (fields.has("compare") || fields.has("kayenta"))
        // Nor a builtin.
        builtin = dialect == .headgate ? BuiltinDocument.read(&fields, counting) : nil
        let provider = Shape<Query>.provider(dialect, isCompared: isCompared)
        let asked =
            dialect == .argo ? fields.required("provider", provider) : fields.optional("provider", provider)
        query = builtin == nil ? asked : builtin?.query
        if dialect == .headgate {
            _ = fields.exactlyOne(of: ["builtin", "provider"])
            field.note(.excludes("compare", "builtin"))
            field.note(
                .leadsTo(
                    ["successCondition"], ["failureCondition"], ["compare"], ["kayenta"],
                    ["provider", "job"],
                    ["builtin"]),
                .rule(.leadsTo(Self.ofQuestions)))
            for key in Self.ofConditions { field.note(.excludes("compare", key)) }
            field.note(.excludes("compare", "provider", "prometheus", "query"))
            field.note(.excludes("compare", "provider", "prometheus", "rangeQuery"))
        }
    }

    /// What says what is asked. Of Prometheus a comparison may say it, of the others only they themselves.
    private static var ofQuestions: [[String]] {
        let others = ProviderDocument.all.map(\.key).filter { $0 != "prometheus" }
        return [["compare"], ["kayenta"], ["builtin"], ["provider", "prometheus", "query"]]
            + others.map { ["provider", $0] }
    }

    /// What counts measurements, which a comparison does not.
    private static let ofConditions = [
        "successCondition", "failureCondition", "failureLimit", "inconclusiveLimit",
        "consecutiveSuccessLimit",
    ]

    var metric: Metric? {
        guard let name, let query else { return nil }
        if isThere("compare") { return compared.map { comparing(name, query, $0) } }
        if isThere("kayenta"), kayenta == nil { return nil }
        let written = [successCondition, failureCondition].map { $0?.text }
        let conditions = query.isJob ? [] : builtin?.conditions ?? written
        return Metric(
            name: name, query: kayenta?.asking(query) ?? query, interval: interval,
            initialDelay: initialDelay ?? .zero,
            count: count.flatMap { $0 > 0 ? $0 : nil }, successCondition: conditions.first ?? nil,
            failureCondition: conditions.last ?? nil,
            failureLimit: failureLimit == -1 ? nil : failureLimit ?? 0,
            inconclusiveLimit: inconclusiveLimit ?? 0, consecutiveErrorLimit: consecutiveErrorLimit ?? 4,
            consecutiveSuccessLimit: consecutiveSuccessLimit.flatMap { $0 > 0 ? $0 : nil },
            kayenta: kayenta?.analysis)
    }

    private func comparing(_ name: String, _ query: Query, _ compared: ComparisonDocument) -> Metric {
        var query = query
        query.text = compared.text
        query.counters = compared.counters
        return Metric(
            name: name, query: query, interval: interval ?? Metric.comparisonInterval,
            initialDelay: initialDelay ?? .zero, count: count,
            consecutiveErrorLimit: consecutiveErrorLimit ?? 4, comparison: compared.comparison)
    }

    private func isThere(_ key: String) -> Bool {
        field.node[key].map { !(dialect.nullIsAbsent && $0.isNull) } ?? false
    }
}

// MARK: - What several fields say together

extension MetricDocument {
    func checkConditions() {
        if query?.isJob == true { return refuseConditionsOfAJob() }
        if dialect == .headgate, isThere("kayenta") {
            return field.refuse(KayentaDocument.misfits, beside: "kayenta")
        }
        if dialect == .headgate, isThere("compare") { return refuseConditions() }
        let isJob = field.node["provider"]?["job"] != nil
        let isJudged = ["successCondition", "failureCondition", "atLeast", "atMost"].contains(where: isThere)
        if dialect == .headgate, !isJob, !isJudged {
            field.refuse(
                "needs a successCondition or a failureCondition: without one every number would be good")
        }
        guard let query else { return }
        for condition in [successCondition, failureCondition].compactMap(\.self) {
            if let flaw = condition.flaw(for: query) { condition.field.refuse(flaw) }
        }
        PitfallReport(
            query: query, judgement: dialect.judgement,
            conditions: [successCondition, failureCondition].compactMap(\.self)
        ).report()
    }

    /// As with Argo, which never looks at them.
    private func refuseConditionsOfAJob() {
        for condition in [successCondition, failureCondition].compactMap(\.self) {
            let message = "a job says itself whether it succeeded: no condition is looked at"
            if dialect == .headgate { condition.field.refuse(message) } else { condition.field.warn(message) }
        }
    }

    private func refuseConditions() {
        if builtin != nil {
            field.refuse("builtin has no place beside compare, which names the counters that it asks for")
        }
        for key in Self.ofConditions where isThere(key) {
            field.refuse(
                "\(key) has no place beside compare, which counts no measurements; take one of them out")
        }
    }

    func checkLimits() {
        if dialect == .headgate, isThere("compare") { return }
        if let count, count > 1, !isThere("interval") {
            field.refuse("count \(count) needs an interval")
        }
        if failureLimit == -1, (consecutiveSuccessLimit ?? 0) == 0, !isOpen("consecutiveSuccessLimit") {
            field.refuse(
                "failureLimit -1 switches failing off, which needs a consecutiveSuccessLimit to end by")
        }
        guard let count, count > 0 else { return }
        checkReach(of: count)
    }

    /// A limit that the count cannot reach never bites.
    private func checkReach(of count: Int) {
        let failures = max(failureLimit ?? 0, 0)
        let successes = consecutiveSuccessLimit ?? 0
        if let inconclusiveLimit, inconclusiveLimit > count {
            field.refuse("inconclusiveLimit \(inconclusiveLimit) is more than count \(count)")
        }
        if failures > count {
            field.refuse("failureLimit \(failures) is more than count \(count)")
        } else if successes > count - failures {
            let limits = "failureLimit \(failures) and consecutiveSuccessLimit \(successes)"
            field.refuse("\(limits) together are more than count \(count)")
        } else if failures == count {
            field.warn("failureLimit \(failures) is not less than count \(count): this metric can never fail")
        }
    }

    private func isOpen(_ key: String) -> Bool {
        field.node[key].map { Field($0, field.diagnostics).isOpen } ?? false
    }
}

// MARK: - The shapes of its fields

extension Shape {
    /// Nothing, and no report, where an argument is still open.
    var unlessOpen: Shape {
        Shape { field in field.isOpen ? nil : self.read(field) }.noting(.placeholder)
    }
}

extension Shape where Output == Duration {
    /// How often a store may be asked by one metric.
    private static var shortest: Duration { .milliseconds(100) }

    fileprivate static var interval: Shape {
        duration.refusing { $0 < shortest ? "\($0.text) is less than \(shortest.text)" : nil }
    }
}

extension Shape where Output == String {
    /// What only a release can fill in is filled in queries and conditions.
    fileprivate static var metricName: Shape {
        nonEmptyString.refusing { $0.contains("{{") ? "a name can't take anything from a release" : nil }
    }
}

extension Shape where Output == Int {
    /// A whole number, in quotes or not: an argument that is filled in makes a string of it.
    fileprivate static func limit(from least: Int) -> Shape {
        Shape(noting: .whole(least...Int(Int32.max)), .text, .pattern("^[+-]?[0-9]+$")) { field in
            guard case .string(let text) = field.node.value, Int(text) != nil else {
                return field.read(.int(in: least...Int(Int32.max)))
            }
            let plain = YAMLNode(.scalar(YAMLScalar(text)), at: field.node.mark)
            return Field(plain, at: field.path, field.diagnostics).read(.int(in: least...Int(Int32.max)))
        }
    }
}

extension Shape where Output == ConditionText {
    /// Argo takes an empty condition for none.
    fileprivate static func condition(_ dialect: Dialect, _ purpose: Condition.Purpose) -> Shape {
        Shape { field in
            let shape: Shape<String> = dialect == .argo ? .string : .nonEmptyString
            guard let text = field.read(shape), !text.isEmpty else { return nil }
            if SecretReference.isNamed(in: text) {
                field.refuse("a secret has no place in a condition: what is concluded stands in the history")
                return nil
            }
            return ConditionText(text: text, field: field, purpose: purpose)
        }
    }
}
