/// `judge: kayenta`: what Spinnaker's judge is given, and from which score on a release is good.
package struct KayentaAnalysis: Hashable, Codable, Sendable {
    /// One pair of questions, in the order of `KayentaQuestion.pairs`.
    package struct Item: Hashable, Codable, Sendable {
        package var name: String
        package var judge: KayentaJudge
        package var groups: [String]

        package init(name: String, judge: KayentaJudge, groups: [String]) {
            self.name = name
            self.judge = judge
            self.groups = groups
        }
    }

    package var items: [Item]
    /// Of the groups; those that are not named share what is left of 100.
    package var weights: [String: Double]
    /// From this score on a measurement is good.
    package var pass: Int
    /// From this one on it is undecided.
    package var marginal: Int
    /// With fewer values of either side nothing is concluded: the test would call good what it can't see.
    package var samplesMin: Int

    package init(
        items: [Item], weights: [String: Double] = [:], pass: Int, marginal: Int, samplesMin: Int = 12
    ) {
        self.items = items
        self.weights = weights
        self.pass = pass
        self.marginal = marginal
        self.samplesMin = samplesMin
    }
}

/// The values of a canary and of its baseline over the same time.
package struct KayentaPair: Hashable, Sendable {
    package let canary: [Double]
    package let baseline: [Double]

    package init(canary: [Double], baseline: [Double]) {
        self.canary = canary
        self.baseline = baseline
    }
}

/// The questions: values over a span, a canary's and a baseline's for each item.
package struct KayentaQuestion: Hashable, Codable, Sendable {
    package struct Pair: Hashable, Codable, Sendable {
        package var canary: String
        package var baseline: String

        package init(canary: String, baseline: String) {
            self.canary = canary
            self.baseline = baseline
        }
    }

    package var pairs: [Pair]
    package var step: Duration
    /// No more than so long ago.
    package var lookback: Duration
    /// Nor before the release had traffic; none in a plan.
    package var since: Moment?

    package init(pairs: [Pair], step: Duration, lookback: Duration, since: Moment? = nil) {
        self.pairs = pairs
        self.step = step
        self.lookback = lookback
        self.since = since
    }

    /// Of each pair the canary's first.
    package var texts: [String] { pairs.flatMap { [$0.canary, $0.baseline] } }

    /// For how long the values are asked for.
    package func span(at now: Moment) -> Duration {
        since.map { max(.zero, min(lookback, now - $0)) } ?? lookback
    }
}

// MARK: - Judging

extension KayentaAnalysis {
    /// What one measurement comes to.
    package struct Outcome: Hashable, Sendable {
        package let phase: Measurement.Phase
        package let trouble: Measurement.Trouble?
        package let score: Double?
        package let sentence: String
    }

    package func judge(_ pairs: [KayentaPair]) -> Outcome {
        let findings = zip(items, pairs).map { item, pair in item.finding(pair, atLeast: samplesMin) }
        let silent = findings.compactMap(\.lack)
        guard silent.isEmpty, findings.count == items.count else {
            return Outcome(
                phase: .error, trouble: .noData, score: nil, sentence: silent.joined(separator: "; "))
        }
        let score = KayentaScore(
            zip(items, findings).map { KayentaScore.Item($1.finding, groups: $0.groups) }, weights: weights
        ).value
        let phase: Measurement.Phase =
            Int(score) >= pass ? .successful : Int(score) >= marginal ? .inconclusive : .failed
        let sentences = findings.map(\.sentence).joined(separator: "; ")
        return Outcome(
            phase: phase, trouble: nil, score: score,
            sentence: "score \(figure(score)) (pass \(pass), marginal \(marginal)): \(sentences)")
    }
}

extension KayentaAnalysis.Item {
    fileprivate struct Judged {
        let finding: KayentaJudge.Finding
        let sentence: String
        /// What is too little to be judged.
        var lack: String?
    }

    fileprivate func finding(_ pair: KayentaPair, atLeast samplesMin: Int) -> Judged {
        let pair = completed(pair)
        for (side, values) in [("canary", pair.canary), ("baseline", pair.baseline)] {
            let count = usable(values)
            guard count < samplesMin else { continue }
            let lack = "\(name): only \(count) values of the \(side), and it takes \(samplesMin)"
            return Judged(finding: KayentaJudge.Finding(.noData), sentence: lack, lack: lack)
        }
        let finding = judge.classify(experiment: pair.canary, control: pair.baseline)
        let grave = finding.isCritical ? ", critical" : ""
        return Judged(
            finding: finding,
            sentence: "\(name) \(finding.label.rawValue)\(grave), canary \(summary(pair.canary)) vs baseline "
                + summary(pair.baseline))
    }

    /// A side without a series is nothing but zeros where that is what missing values are.
    private func completed(_ pair: KayentaPair) -> KayentaPair {
        guard judge.nanStrategy == .replace else { return pair }
        let count = max(pair.canary.count, pair.baseline.count)
        let zeros = Array(repeating: 0.0, count: count)
        return KayentaPair(
            canary: pair.canary.isEmpty ? zeros : pair.canary,
            baseline: pair.baseline.isEmpty ? zeros : pair.baseline)
    }

    private func usable(_ values: [Double]) -> Int {
        judge.nanStrategy == .replace ? values.count : values.count { !$0.isNaN }
    }

    /// `0.021 (30)`: the mean, and how many values there are.
    private func summary(_ values: [Double]) -> String {
        let numbers = values.map { $0.isNaN ? 0 : $0 }
        return "\(figure(numbers.reduce(0, +) / Double(max(1, usable(values))))) (\(usable(values)) values)"
    }
}

extension Metric {
    /// One measurement by Spinnaker's judge.
    func measurement(
        of sample: Sample, _ analysis: KayentaAnalysis, from startedAt: Moment, to finishedAt: Moment
    ) -> Measurement {
        var measurement = Measurement(phase: .error, startedAt: startedAt, finishedAt: finishedAt)
        switch sample {
        case .failure(let failure):
            measurement.trouble = failure.kind == .outage ? .outage : .invalid
            measurement.message = failure.message
        case .pairs(let pairs, let warnings):
            let outcome = analysis.judge(pairs)
            (measurement.phase, measurement.trouble) = (outcome.phase, outcome.trouble)
            measurement.value = outcome.score.map { "score \(figure($0))" }
            let notes = warnings.isEmpty ? "" : "; warnings: " + warnings.joined(separator: "; ")
            measurement.message = outcome.sentence + notes
        case .value, .ended, .counters, .slo:
            measurement.trouble = .invalid
            measurement.message = "the store gave no values of two releases; only prometheus gives them"
        }
        return measurement
    }
}
