extension SLORun {
    /// Where the objective stands: `62.1 % of the error budget left; burns 0.4× over 1h and 0.2× over 5m (page at 14.4×)`.
    func sentence(_ slo: SLO) -> String { join([leftText, ratesText(slo), spentText(slo)]) }

    private var leftText: String? { remaining.map { "\(percentage($0)) of the error budget left" } }

    private func ratesText(_ slo: SLO) -> String? {
        let rates = zip(slo.limits, burns).map { limit, burn in burn.text(limit) }
        return rates.isEmpty ? nil : "burns " + rates.joined(separator: ", ")
    }

    private func spentText(_ slo: SLO) -> String? {
        guard let blastRadius = slo.blastRadius, let spent else { return nil }
        return
            "the release has spent \(percentage(spent)) of the budget, of \(percentage(blastRadius)) that it may"
    }

    /// For a column: what is left of the budget.
    package var shortText: String? { remaining.map { "\(percentage($0)) left" } }

    /// Why the release is taken back; none where nothing speaks against it.
    func breach(_ slo: SLO, exposedSince: Moment?) -> String? {
        if let (limit, burn) = fatal(slo, exposedSince: exposedSince), let since = burn.since {
            let burning =
                "the error budget burns \(burn.text(limit)) since \(since), after the release got traffic"
            return join([burning, leftText, spentText(slo)])
        }
        return blownText(slo).map { join([$0, leftText, ratesText(slo)]) }
    }

    private func blownText(_ slo: SLO) -> String? {
        guard isBlown(slo), let spent, let blastRadius = slo.blastRadius else { return nil }
        return "the release has spent \(percentage(spent)) of the whole window's error budget, more than "
            + "blastRadius \(percentage(blastRadius)): \(figure(canary.bad)) of \(figure(canary.requests)) requests "
            + "were bad, \(figure(excess)) more than with the stable release (\(figure(stable.bad)) of "
            + "\(figure(stable.requests)))"
    }

    /// Why nothing advances; none where something may.
    func obstacle(_ slo: SLO, exposedSince: Moment?) -> String? {
        let burning = burning(slo, slo.blockOn).map { limit, burn in
            "the error budget burns \(burn.text(limit))\(burn.ageText(exposedSince))"
        }
        let shortage = shortageText(slo)
        guard !burning.isEmpty || shortage != nil else { return nil }
        return join(burning + [shortage ?? leftText, burning.isEmpty ? ratesText(slo) : nil, spentText(slo)])
    }

    private func shortageText(_ slo: SLO) -> String? {
        guard isSpent(slo), let remaining, let minRemaining = slo.minRemaining else { return nil }
        return "\(percentage(remaining)) of the error budget is left, less than minRemaining "
            + percentage(minRemaining)
    }
}

private func join(_ parts: [String?]) -> String { parts.compactMap(\.self).joined(separator: "; ") }

extension SLORun.Burn {
    fileprivate func text(_ limit: SLO.BurnLimit) -> String {
        "\(figure(long))× over \(limit.long.windowText) and \(figure(short))× over \(limit.short.windowText) "
            + "(\(limit.severity.rawValue) at \(figure(limit.factor))×)"
    }

    fileprivate func ageText(_ exposedSince: Moment?) -> String {
        guard let since else { return "" }
        let isOlder = exposedSince.map { since <= $0 } ?? true
        return " since \(since)" + (isOlder ? ", before the release got traffic" : "")
    }
}

extension SLORun.Missing {
    func sentence(_ slo: SLO) -> String {
        switch self {
        case .objective:
            "the store knows no objective; look at the name of the SLO, and whether its rules are there"
        case .window(slo.window):
            "nothing is known of the last \(slo.window.windowText); look at the labels, or wait for its rules"
        case .window(let window):
            "nothing was counted within \(window.windowText); look at the labels and at the targets of the store"
        }
    }
}
