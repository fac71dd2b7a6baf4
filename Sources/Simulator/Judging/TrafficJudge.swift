import Analysis

/// Somebody who sees what both arms did, scrape by scrape, and may take the canary back.
protocol TrafficJudge {
    /// Whether it takes the canary back now. Asked until it does.
    mutating func takesBack(_ increment: Increment, at second: Int) -> Bool
}

/// Ours: the evidence of one comparison, with a look at every scrape.
struct EvidenceJudge: TrafficJudge {
    private let margin: Margin
    private let level: Double
    private var evidence = BreachEvidence()

    init(_ margin: Margin = Margin(), alpha: Double = 0.01) {
        self.margin = margin
        level = 1 / alpha
    }

    mutating func takesBack(_ increment: Increment, at second: Int) -> Bool {
        evidence.restart(through: second / 60, of: 60)
        evidence.weigh(increment, margin: margin)
        return evidence.value >= level
    }
}

/// Argo Rollouts with a success rate of the last minute: no request is a failure, as 0/0 is there.
struct ThresholdJudge: TrafficJudge {
    private let threshold: Double
    private let limit: Int
    /// Flagger looks at what failed before it measures: its rollback comes a minute after the last failure.
    private let isLate: Bool
    private var minute = ArmCount()
    private var failures = 0

    static func argo(_ threshold: Double, limit: Int) -> ThresholdJudge {
        ThresholdJudge(threshold, limit: limit, isLate: false)
    }

    static func flagger(_ threshold: Double, checks: Int) -> ThresholdJudge {
        ThresholdJudge(threshold, limit: checks - 1, isLate: true)
    }

    private init(_ threshold: Double, limit: Int, isLate: Bool) {
        self.threshold = threshold
        self.limit = limit
        self.isLate = isLate
    }

    mutating func takesBack(_ increment: Increment, at second: Int) -> Bool {
        minute += increment.canary
        guard second % 60 == 0 else { return false }
        if isLate, failures > limit { return true }
        let isGood = minute.rate.map { 1 - $0 >= threshold } ?? false
        if !isGood { failures += 1 }
        minute = ArmCount()
        return !isLate && failures > limit
    }
}

/// Kayenta's judge every ten minutes, on the percentage of errors of each minute so far.
struct KayentaTrafficJudge: TrafficJudge {
    private let judge: KayentaJudge
    private var minute = (canary: ArmCount(), stable: ArmCount())
    private var values: (canary: [Double], stable: [Double]) = ([], [])

    init() {
        var judge = KayentaJudge()
        judge.direction = .increase
        self.judge = judge
    }

    mutating func takesBack(_ increment: Increment, at second: Int) -> Bool {
        minute.canary += increment.canary
        minute.stable += increment.stable
        guard second % 60 == 0 else { return false }
        values.canary.append((minute.canary.rate ?? .nan) * 100)
        values.stable.append((minute.stable.rate ?? .nan) * 100)
        minute = (ArmCount(), ArmCount())
        guard second % 600 == 0 else { return false }
        return judge.classify(experiment: values.canary, control: values.stable).label == .high
    }
}
