/// Spinnaker's judge `NetflixACAJudge-v1.0` for one metric: the values of a canary against those of a baseline.
package struct KayentaJudge: Hashable, Codable, Sendable {
    package enum Direction: String, Hashable, Codable, Sendable, CaseIterable {
        case increase, decrease, either
    }

    package enum NaNStrategy: String, Hashable, Codable, Sendable, CaseIterable {
        case remove, replace
    }

    /// How large an effect is.
    package enum Measure: String, Hashable, Codable, Sendable, CaseIterable {
        case meanRatio
        /// How often a value of the canary is above one of the baseline.
        case cles

        var neutral: Effects {
            self == .meanRatio ? Effects(decrease: 1, increase: 1) : Effects(decrease: 0.5, increase: 0.5)
        }
    }

    package enum Label: String, Hashable, Sendable {
        case pass = "Pass"
        case high = "High"
        case low = "Low"
        case noData = "Nodata"
        case noDataFailure = "NodataFailMetric"
        case error = "Error"
    }

    /// From which size on an effect counts, each way.
    package struct Effects: Hashable, Codable, Sendable {
        package let decrease: Double
        package let increase: Double

        package init(decrease: Double, increase: Double) {
            self.decrease = decrease
            self.increase = increase
        }
    }

    package struct Finding: Hashable, Sendable {
        package let label: Label
        package let isCritical: Bool

        package init(_ label: Label, isCritical: Bool = false) {
            self.label = label
            self.isCritical = isCritical
        }
    }

    package var direction = Direction.either
    package var nanStrategy = NaNStrategy.remove
    /// None: outliers are kept.
    package var outlierFactor: Double?
    package var isCritical = false
    package var mustHaveData = false
    package var measure = Measure.meanRatio
    /// None: the neutral one, so that any size counts.
    package var allowed: Effects?
    package var critical: Effects?
    /// Constants in Kayenta, whatever its configuration says.
    package var tolerance = 0.25
    package var confidence = 0.98

    package init() {}
}

extension KayentaJudge {
    package func classify(experiment: [Double], control: [Double]) -> Finding {
        let experiment = cleaned(experiment)
        let control = cleaned(control)
        if experiment.isEmpty || control.isEmpty { return withoutData }
        let distinct = Set(experiment).union(control)
        if distinct.count == 1 || experiment.sorted() == control.sorted() { return Finding(.pass) }
        let isFlat = Set(experiment).count == 1 && Set(control).count == 1
        return label(isFlat ? experiment.roughened : experiment, isFlat ? control.roughened : control)
    }

    private func cleaned(_ values: [Double]) -> [Double] {
        let numbers =
            nanStrategy == .remove ? values.filter { !$0.isNaN } : values.map { $0.isNaN ? 0 : $0 }
        return outlierFactor.map { numbers.withoutOutliers(factor: $0) } ?? numbers
    }

    private var withoutData: Finding {
        if nanStrategy == .replace { return Finding(.pass) }
        if mustHaveData, !isCritical { return Finding(.noDataFailure) }
        return Finding(.noData, isCritical: isCritical)
    }

    private func label(_ experiment: [Double], _ control: [Double]) -> Finding {
        guard let interval = MannWhitney(experiment, control, confidence: confidence) else {
            return Finding(.error)
        }
        let bound = tolerance * interval.estimate.magnitude
        let effect = effect(experiment, control)
        let least = allowed ?? measure.neutral
        let grave = critical ?? measure.neutral
        if direction != .decrease, interval.low > bound, effect.isNaN || effect >= least.increase {
            return Finding(.high, isCritical: isCritical && (effect.isNaN || effect >= grave.increase))
        }
        if direction != .increase, interval.high < -bound, effect.isNaN || effect <= least.decrease {
            return Finding(.low, isCritical: isCritical && (effect.isNaN || effect <= grave.decrease))
        }
        return Finding(.pass)
    }

    private func effect(_ experiment: [Double], _ control: [Double]) -> Double {
        switch measure {
        case .meanRatio:
            let (above, below) = (experiment.mean, control.mean)
            return above == 0 || below == 0 ? .nan : above / below
        case .cles:
            let (m, n) = (Double(experiment.count), Double(control.count))
            let sum = Ranks(experiment + control).ranks.prefix(experiment.count).reduce(0, +)
            return (2 * sum - m * (m + 1)) / (2 * n * m)
        }
    }
}

extension [Double] {
    fileprivate var mean: Double { reduce(0, +) / Double(count) }

    /// Two flat samples can't be ranked. Kayenta strews chance over them; the same spread laid out evenly does as well
    /// and rolls no dice.
    fileprivate var roughened: [Double] {
        enumerated().map { index, value in
            let place = (Double(index) + 0.5) / Double(count)
            return value + value.magnitude * 1e-5 * Normal.quantile(place)
        }
    }

    package func withoutOutliers(factor: Double) -> [Double] {
        guard !isEmpty else { return self }
        let sorted = self.sorted()
        let (first, third) = (sorted.percentile(0.25), sorted.percentile(0.75))
        let reach = factor * (third - first)
        let low = Swift.min(sorted.percentile(0.01), first - reach)
        let high = Swift.max(sorted.percentile(0.99), third + reach)
        return filter { low <= $0 && $0 <= high }
    }

    /// R's seventh kind: between the two neighbours, of values in order.
    package func percentile(_ share: Double) -> Double {
        let place = share * Double(count - 1)
        let below = Int(place)
        guard below + 1 < count else { return self[count - 1] }
        return self[below] + (place - Double(below)) * (self[below + 1] - self[below])
    }
}
