import Analysis

/// `judge: kayenta` and the `kayenta:` that goes with it: what Spinnaker's judge compares, and from which score on.
struct KayentaDocument {
    let analysis: KayentaAnalysis
    let question: KayentaQuestion

    /// For people: `kayenta: errors, latency`.
    var text: String { "kayenta: \(analysis.items.map(\.name).joined(separator: ", "))" }

    /// What judges by itself, and so has no place beside it.
    static let misfits = ["successCondition", "failureCondition", "compare", "builtin"]

    func asking(_ query: Query) -> Query {
        var query = query
        query.text = text
        query.kayenta = question
        return query
    }

    /// Nil where the metric is judged otherwise.
    static func read(_ fields: inout Fields) -> KayentaDocument? {
        _ = fields.optional("judge", .oneOf(["kayenta": true]))
        let document = fields.optional("kayenta", .kayenta)
        let field = fields.field
        field.note(.needs("judge", "kayenta"), .needs("kayenta", "judge"))
        for key in misfits { field.note(.excludes("kayenta", key)) }
        field.note(.excludes("kayenta", "provider", "job"))
        field.note(.excludes("kayenta", "provider", "prometheus", "query"))
        field.note(.excludes("kayenta", "provider", "prometheus", "rangeQuery"))
        if field.sketch == nil, fields.has("judge") != fields.has("kayenta") {
            field.refuse("`judge: kayenta` and `kayenta:`, which says what it compares, go together")
        }
        if field.sketch == nil, fields.has("kayenta"), field.node["provider"]?["job"] != nil {
            field.refuse("a job has no place beside kayenta, which compares what a store has")
        }
        return document
    }
}

extension Field {
    func refuse(_ keys: [String], beside other: String) {
        for key in keys where node[key] != nil {
            refuse("\(key) has no place beside \(other); take one of them out")
        }
    }
}

extension Shape where Output == KayentaDocument {
    /// Nil without a report where a value is still open.
    static var kayenta: Shape {
        .object { fields in
            let items = fields.required("queries", .kayentaItems)
            let threshold = fields.required("threshold", .kayentaThreshold)
            let weights = fields.optional("groups", .dictionary(of: .hundredths(in: 0...10_000))) ?? [:]
            let lookback = fields.optional("lookback", .positiveDuration.unlessOpen) ?? .minutes(30)
            let step = fields.optional("step", .positiveDuration.unlessOpen) ?? .seconds(60)
            let samplesMin = fields.optional("samplesMin", .int(in: 5...1_000)) ?? 12
            fields.check(lookback, step, samplesMin)
            guard let items, let threshold else { return nil }
            let named = weights.mapValues { Double($0) / 100 }
            fields.check(named, items.flatMap(\.0.groups))
            return KayentaDocument(
                analysis: KayentaAnalysis(
                    items: items.map(\.0), weights: named, pass: threshold.0, marginal: threshold.1,
                    samplesMin: samplesMin),
                question: KayentaQuestion(pairs: items.map(\.1), step: step, lookback: lookback))
        }
    }
}

extension Fields {
    fileprivate func check(_ lookback: Duration, _ step: Duration, _ samplesMin: Int) {
        guard field.sketch == nil, step > .zero, Double(samplesMin) > lookback / step + 1 else { return }
        field.refuse(
            "lookback \(lookback.text) has not room for \(samplesMin) steps of \(step.text); it would never be judged"
        )
    }

    fileprivate func check(_ weights: [String: Double], _ groups: [String]) {
        guard field.sketch == nil else { return }
        for name in weights.keys.sorted() where !groups.contains(name) {
            field.refuse(unknown("group", quoted(name), name, Set(groups).sorted()))
        }
        let sum = weights.values.reduce(0, +)
        let isWhole = Set(groups).isSubset(of: weights.keys)
        if sum > 100 || isWhole && sum != 100 {
            field.refuse("the weights of groups add up to \(figure(sum)), not to 100")
        }
    }
}

private typealias Item = (KayentaAnalysis.Item, KayentaQuestion.Pair)

extension Shape where Output == [(KayentaAnalysis.Item, KayentaQuestion.Pair)] {
    fileprivate static var kayentaItems: Shape {
        Shape { field in
            field.note(.key("name"))
            guard let items = field.read(.items(1...20, tooFew: "needs at least one query")) else {
                return nil
            }
            let read = items.map { $0.read(.kayentaItem) }
            let whole = read.compactMap(\.self)
            var seen: Set<String> = []
            for item in whole where !seen.insert(item.0.name).inserted {
                field.refuse("two queries are named \(quoted(item.0.name))")
            }
            return whole.count == read.count ? whole : nil
        }
    }
}

extension Shape where Output == (KayentaAnalysis.Item, KayentaQuestion.Pair) {
    fileprivate static var kayentaItem: Shape {
        .object { fields in
            let name = fields.required("name", Shape<String>.nonEmptyString.unlessOpen)
            let canary = fields.required("canary", Shape<String>.nonEmptyString.unlessOpen)
            let baseline = fields.required("baseline", Shape<String>.nonEmptyString.unlessOpen)
            let group = fields.optional("group", Shape<String>.nonEmptyString)
            var judge = KayentaJudge()
            judge.direction =
                fields.optional(
                    "direction", Shape<KayentaJudge.Direction>.name(of: KayentaJudge.Direction.self))
                ?? judge.direction
            judge.nanStrategy =
                fields.optional(
                    "nanStrategy", Shape<KayentaJudge.NaNStrategy>.name(of: KayentaJudge.NaNStrategy.self))
                ?? judge.nanStrategy
            judge.isCritical = fields.optional("critical", .bool) ?? judge.isCritical
            judge.outlierFactor = fields.optional("outliers", .outliers) ?? nil
            if let effect = fields.optional("effectSize", .effectSize) { effect.fill(&judge) }
            guard let name, let canary, let baseline else { return nil }
            return (
                KayentaAnalysis.Item(name: name, judge: judge, groups: [group ?? "metrics"]),
                KayentaQuestion.Pair(canary: canary, baseline: baseline)
            )
        }
    }
}

extension Shape where Output == (Int, Int) {
    /// `{pass: 90, marginal: 75}`
    fileprivate static var kayentaThreshold: Shape {
        .object { fields in
            let pass = fields.required("pass", .int(in: 1...100))
            let marginal = fields.required("marginal", .int(in: 0...100))
            guard let pass, let marginal else { return nil }
            if marginal > pass { fields.field.refuse("marginal \(marginal) is more than pass \(pass)") }
            return (pass, marginal)
        }
    }
}

extension Shape where Output == Double? {
    /// `{strategy: remove, outlierFactor: 3}`
    fileprivate static var outliers: Shape {
        .object { fields in
            let isRemoved = fields.required("strategy", .oneOf(["keep": false, "remove": true]))
            let factor = fields.optional("outlierFactor", .hundredths(in: 1...10_000))
            return .some(isRemoved == true ? factor.map { Double($0) / 100 } ?? 3 : nil)
        }
    }
}

/// From which size on a difference counts.
private struct EffectSize {
    let measure: KayentaJudge.Measure
    let allowedIncrease: Double?
    let allowedDecrease: Double?
    let criticalIncrease: Double?
    let criticalDecrease: Double?

    func fill(_ judge: inout KayentaJudge) {
        let neutral = measure == .meanRatio ? 1.0 : 0.5
        judge.measure = measure
        judge.allowed = .init(decrease: allowedDecrease ?? neutral, increase: allowedIncrease ?? neutral)
        judge.critical = .init(decrease: criticalDecrease ?? neutral, increase: criticalIncrease ?? neutral)
    }
}

extension Shape where Output == EffectSize {
    fileprivate static var effectSize: Shape {
        .object { fields in
            let measure =
                fields.optional("measure", Shape<KayentaJudge.Measure>.name(of: KayentaJudge.Measure.self))
                ?? .meanRatio
            return EffectSize(
                measure: measure, allowedIncrease: fields.optional("allowedIncrease", .number),
                allowedDecrease: fields.optional("allowedDecrease", .number),
                criticalIncrease: fields.optional("criticalIncrease", .number),
                criticalDecrease: fields.optional("criticalDecrease", .number))
        }
    }
}
