import Analysis
import Rollouts

extension AnalysisLowering {
    /// The objectives of a rollout: its own, and those of the templates that its analyses name. Nil, reported, when one
    /// of them does not fit.
    func slos(_ analyses: [AnalysisDocument]) -> [Metric]? {
        let own = rollout.slos.map { $0.read(.slo).flatMap { lowered($0, secrets: [:]) } }
        let others = analyses.map { slos(of: $0) }
        let found = own + others.flatMap { $0 ?? [nil] }
        let whole = found.compactMap(\.self)
        guard whole.count == found.count else { return nil }
        return distinct(whole)
    }

    private func slos(of analysis: AnalysisDocument) -> [Metric?]? {
        guard let templates = library.resolve(analysis.templates) else { return nil }
        guard templates.contains(where: { !$0.template.slos.isEmpty }) else { return [] }
        guard let values = values(for: analysis, templates.map(\.template)) else { return nil }
        return templates.flatMap { resolved in
            let diagnostics = Diagnostics()
            let substitution = Substitution(values.texts)
            let metrics = resolved.template.slos.map { field in
                field.reporting(to: diagnostics).filled(by: substitution).read(.slo).flatMap {
                    lowered($0, secrets: values.secrets)
                }
            }
            for diagnostic in diagnostics.sorted where diagnostic.severity == .error {
                resolved.field.refuse("\(resolved.template.title) does not fit here: \(diagnostic)")
            }
            return metrics
        }
    }

    /// The same one of two analyses counts once; two of one name can't be told apart.
    private func distinct(_ metrics: [Metric]) -> [Metric] {
        var seen: [String: Metric] = [:]
        return metrics.filter { metric in
            guard let other = seen.updateValue(metric, forKey: metric.name) else { return true }
            if other != metric { rollout.root.refuse("two SLOs are named \(quoted(metric.name))") }
            return false
        }
    }

    private func lowered(_ document: SLODocument, secrets: [String: SecretReference]) -> Metric? {
        metric(of: document).map { named($0, secrets) }
    }

    private func metric(of document: SLODocument) -> Metric? {
        switch document.source {
        case .inline(let objective, let window, let indicator):
            return document.metric(objective, window, indicator, address: nil)
        case .openSLO(let name, let objective):
            return library.openSLO.objective(name, objective, for: document.field).flatMap { found in
                document.metric(found.target, found.window, found.indicator, address: found.address)
            }
        case .sloth(let id, let window): return document.metric(ofSloth: id, window)
        case .pyrra(let name, let namespace, let window):
            return document.metric(ofPyrra: name, namespace, window)
        }
    }
}

extension SLODocument {
    fileprivate func metric(
        _ objective: Double, _ window: Duration, _ indicator: SLOIndicator, address: String?
    ) -> Metric? {
        let slo = slo(objective, window, SLO.BurnLimit.standard(window: window))
        var query = query
        query.address = query.address ?? address
        query.text = "\(percentage(objective)) within \(window.windowText): bad are \(indicator.text)"
        query.slo = SLOQuestion(indicator.parts(over: slo.windows + [window]))
        if abort.blastRadius != nil {
            guard let counters = counters(indicator) else { return nil }
            query.counters = counters
        }
        return metric(slo, query)
    }

    /// Only counters as they were scraped tell what one release did.
    private func counters(_ indicator: SLOIndicator) -> CounterQuestion? {
        guard let selectors = indicator.counters else {
            field.refuse("blastRadius needs plain selectors of counters, of bad requests and of all")
            return nil
        }
        guard let arms else { return nil }
        let (canary, stable): (Placeholder, Placeholder) =
            arms.isByBackend ? (.canaryBackend, .stableBackend) : (.canaryRelease, .stableRelease)
        return CounterQuestion(
            selectors: selectors, label: arms.label, canary: canary.token, stable: stable.token,
            instance: arms.instance)
    }

    /// The rules that Sloth writes: a share of bad requests for each window, and what is left of the period's budget.
    fileprivate func metric(ofSloth id: String, _ window: Duration) -> Metric? {
        guard !refusesBlastRadius("Sloth") else { return nil }
        let slo = slo(nil, window, SLO.BurnLimit.standard(window: window))
        let labels = "{sloth_id=\(JSONText.string(id))}"
        let shares = slo.windows.map {
            SLOQuestion.Part(
                .init(.badShare, over: $0), "max(slo:sli_error:ratio_rate\($0.windowText)\(labels))")
        }
        return metric(
            slo, asking: "the rules that Sloth writes of \(id)",
            shares + [
                .init(.init(.budget), "max(slo:error_budget:ratio\(labels))"),
                .init(.init(.remaining), "min(slo:period_error_budget_remaining:ratio\(labels))"),
            ])
    }

    /// The rules that Pyrra writes. They are named after the metric, and of the objective there are only the generic
    /// ones. They bear a namespace where the metric's selector does.
    fileprivate func metric(ofPyrra name: String, _ namespace: String?, _ window: Duration) -> Metric? {
        guard !refusesBlastRadius("Pyrra") else { return nil }
        let slo = slo(nil, window, SLO.BurnLimit.pyrra(window: window))
        let place = namespace.map { ",namespace=~\(JSONText.string("|" + $0))" } ?? ""
        let labels = "slo=\(JSONText.string(name))\(place)"
        let shares = slo.windows.map {
            SLOQuestion.Part(
                .init(.badShare, over: $0), "max({__name__=~\".+:burnrate\($0.ruleText)\",\(labels)})")
        }
        let (met, wanted) = ("min(pyrra_availability{\(labels)})", "max(pyrra_objective{\(labels)})")
        return metric(
            slo, asking: "the rules that Pyrra writes of \(name)",
            shares + [
                .init(.init(.budget), "1 - \(wanted)"),
                .init(.init(.remaining), "(\(met) - \(wanted)) / (1 - \(wanted))"),
            ])
    }

    private func refusesBlastRadius(_ writer: String) -> Bool {
        if abort.blastRadius != nil {
            field.refuse(
                "blastRadius needs counters, and the rules of \(writer) have none; write it `inline`")
        }
        return abort.blastRadius != nil
    }

    private func metric(_ slo: SLO, asking text: String, _ parts: [SLOQuestion.Part]) -> Metric {
        var query = query
        query.text = text
        query.slo = SLOQuestion(parts)
        return metric(slo, query)
    }

    private func metric(_ slo: SLO, _ query: Query) -> Metric {
        Metric(name: name, query: query, interval: interval, failureLimit: nil, slo: slo)
    }

    /// With the limits that hold or abort anything.
    private func slo(_ objective: Double?, _ window: Duration, _ limits: [SLO.BurnLimit]) -> SLO {
        let used = Set(gate.blockOn + (abort.onFastBurn ? [.page] : []))
        return SLO(
            objective: objective, window: window, limits: limits.filter { used.contains($0.severity) },
            minRemaining: gate.minRemaining, blockOn: gate.blockOn, abortsOnBurn: abort.onFastBurn,
            blastRadius: abort.blastRadius)
    }
}

extension SLO {
    /// Of its limits, each once.
    fileprivate var windows: [Duration] {
        Set(limits.flatMap { [$0.short, $0.long] }).sorted()
    }
}

extension Duration {
    /// As Pyrra names a window in its rules: whole weeks are weeks there.
    fileprivate var ruleText: String {
        let (weeks, rest) = wholeMicroseconds.quotientAndRemainder(dividingBy: 7 * 86_400_000_000)
        return rest == 0 ? "\(weeks)w" : windowText
    }
}

extension StrategyDocument {
    /// Everything that is analysed anywhere.
    var analyses: [AnalysisDocument] {
        let inSteps = steps.flatMap { step -> [AnalysisDocument] in
            switch step.deed {
            case .analysis(let analysis, _): [analysis]
            case .experiment(let experiment): experiment.analyses.map(\.analysis)
            case .step: []
            }
        }
        return inSteps + [background?.analysis, frame.bake?.analysis].compactMap(\.self)
    }
}
