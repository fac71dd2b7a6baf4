import Analysis

/// Turns an analysis of a rollout into metrics: finds its templates, fills in the arguments, and merges the lot.
struct AnalysisLowering {
    let rollout: RolloutDocument
    let library: TemplateLibrary

    /// Nil, reported, when something is missing or does not fit.
    func metrics(of analysis: AnalysisDocument) -> [Metric]? {
        guard let templates = library.resolve(analysis.templates),
            let values = values(for: analysis, templates.map(\.template))
        else { return nil }
        let read = templates.map { (resolved: $0, metrics: self.metrics(of: $0, filledWith: values)) }
        let whole = read.compactMap { resolved, metrics in metrics.map { (resolved: resolved, metrics: $0) } }
        guard whole.count == read.count else { return nil }
        refuseDuplicates(whole)
        let rules = templates.flatMap(\.template.dryRun) + analysis.dryRun
        let kept = templates.flatMap(\.template.retention) + analysis.retention
        let marked = markedDry(whole.flatMap(\.metrics), rules, in: analysis).map { retaining($0, kept) }
        refuseAllDry(marked, in: analysis)
        return marked
    }

    /// Reads a template's metrics with the rollout's arguments. What is wrong now is wrong because of them, so it
    /// is said where the rollout asks for the template.
    private func metrics(
        of resolved: TemplateLibrary.Resolved, filledWith values: Values
    ) -> [Metric]? {
        let diagnostics = Diagnostics()
        let substitution = Substitution(values.texts)
        let counting = rollout.counting
        let metrics = resolved.template.metrics.compactMap { field in
            let metric = field.reporting(to: diagnostics).filled(by: substitution).read(
                .metric(rollout.dialect, counting: counting))
            return metric.map { $0.risking(resolved.template.falseRollback) }
        }
        for diagnostic in diagnostics.sorted {
            // A warning is about what stands in the template, and said there once, whoever fills it in.
            guard diagnostic.severity == .error else {
                resolved.field.diagnostics.report(diagnostic)
                continue
            }
            resolved.field.refuse("\(resolved.template.title) does not fit here: \(diagnostic)")
        }
        if diagnostics.hasErrors { return nil }
        let named = metrics.compactMap { metric in
            metric.query.isJob ? placed(metric, values.secrets, resolved) : self.named(metric, values.secrets)
        }
        return named.count == metrics.count ? named : nil
    }

    /// A job in the rollout's namespace: as with Argo.
    private func placed(
        _ metric: Metric, _ secrets: [String: SecretReference], _ resolved: TemplateLibrary.Resolved
    ) -> Metric? {
        guard var placed = metric.withReferences(to: secrets) else {
            resolved.field.refuse(
                "\(resolved.template.title) does not fit here: job \(quoted(metric.name)) names a secret where many "
                    + "can read it; a job takes one as the whole `value` of a container's `env`")
            return nil
        }
        placed.query.address = rollout.metadata?.namespace
        return placed
    }

    /// With the secrets that its texts name, each in the rollout's namespace: as with Argo, whose AnalysisRuns are
    /// there too.
    func named(_ metric: Metric, _ secrets: [String: SecretReference]) -> Metric {
        var metric = metric
        let texts = metric.query.texts
        let own = secrets.filter { label, _ in
            texts.contains { $0.contains(SecretReference.token(label)) }
        }
        metric.query.secrets = (metric.query.secrets ?? [:]).merging(own) { first, _ in first }
            .located(in: rollout.metadata?.namespace)
        return metric
    }

    /// What is watched in the background is not settled by a proof that it is good: it may turn bad.
    func watched(_ metrics: [Metric]) -> [Metric] {
        metrics.map { metric in
            var metric = metric
            metric.comparison?.pass?.isFinal = false
            return metric
        }
    }

    private func refuseDuplicates(_ read: [(resolved: TemplateLibrary.Resolved, metrics: [Metric])]) {
        var owners: [String: TemplateDocument] = [:]
        for (resolved, metrics) in read {
            for metric in metrics {
                guard let owner = owners.updateValue(resolved.template, forKey: metric.name) else { continue }
                resolved.field.refuse(
                    "a metric \(quoted(metric.name)) is in \(owner.title) and in \(resolved.template.title)")
            }
        }
    }

    private func markedDry(
        _ metrics: [Metric], _ rules: [DryRunRule], in analysis: AnalysisDocument
    ) -> [Metric] {
        for rule in rules where !metrics.contains(where: { rule.pattern.matches($0.name) }) {
            let isOurs = rule.field.diagnostics === rollout.diagnostics
            let place = isOurs ? "" : "the dryRun rule at \(rule.field.node.mark.text) "
            let names = metrics.map(\.name).joined(separator: ", ")
            (isOurs ? rule.field : analysis.field).refuse("\(place)fits none of the metrics: \(names)")
        }
        return metrics.map { metric in
            var metric = metric
            metric.isDryRun = rules.contains { $0.pattern.matches(metric.name) }
            return metric
        }
    }

    /// Of several rules that fit, the first counts.
    private func retaining(_ metric: Metric, _ rules: [RetentionRule]) -> Metric {
        var metric = metric
        metric.retention = rules.first { $0.pattern.matches(metric.name) }?.limit
        return metric
    }

    private func refuseAllDry(_ metrics: [Metric], in analysis: AnalysisDocument) {
        guard rollout.dialect == .headgate, !metrics.isEmpty, metrics.allSatisfy(\.isDryRun) else { return }
        analysis.field.refuse("all metrics are dry runs, so nothing would ever be judged; leave one to count")
    }
}

extension [String: SecretReference] {
    /// None where there are none.
    func located(in namespace: String?) -> Self? {
        isEmpty ? nil : mapValues { SecretReference(namespace: namespace, name: $0.name, key: $0.key) }
    }
}

extension Metric {
    fileprivate func risking(_ falseRollback: Double?) -> Metric {
        var metric = self
        if let falseRollback { metric.comparison?.falseRollback = falseRollback }
        return metric
    }
}
