/// The tokens in a query or condition that only a running release can fill.
///
/// `{{args.…}}` is filled when a rollout is read; what an argument takes from the release stays in the text as
/// one of these tokens until a run starts.
package enum Placeholder: String, CaseIterable, Sendable {
    case canaryRelease = "canary.release"
    case stableRelease = "stable.release"
    /// The backend that carries the canary, in the mesh's own words: an Envoy cluster.
    case canaryBackend = "canary.backend"
    case stableBackend = "stable.backend"

    package var token: String { "{{\(rawValue)}}" }
}

extension Metric {
    /// Whether it asks or judges by what only the release on its way up has.
    package var isAboutCanary: Bool {
        let texts =
            [successCondition, failureCondition].compactMap(\.self) + query.texts
            + (query.counters?.texts ?? []) + (query.kayenta?.texts ?? [])
        return [Placeholder.canaryRelease, .canaryBackend].contains { placeholder in
            texts.contains { $0.contains(placeholder.token) }
        }
    }

    package func filled(_ value: (Placeholder) -> String) -> Metric {
        var metric = self
        metric.query = query.mapTexts { $0.filled(value) }
        metric.query.counters = metric.query.counters?.filled(value)
        metric.query.slo = metric.query.slo?.filled(value)
        metric.query.kayenta = metric.query.kayenta?.filled(value)
        metric.successCondition = metric.successCondition?.filled(value)
        metric.failureCondition = metric.failureCondition?.filled(value)
        return metric
    }
}

extension KayentaQuestion {
    fileprivate func filled(_ value: (Placeholder) -> String) -> KayentaQuestion {
        var question = self
        question.pairs = pairs.map {
            Pair(canary: $0.canary.filled(value), baseline: $0.baseline.filled(value))
        }
        return question
    }
}

extension SLOQuestion {
    fileprivate func filled(_ value: (Placeholder) -> String) -> SLOQuestion {
        SLOQuestion(parts.map { Part($0.key, $0.text.filled(value)) })
    }
}

extension CounterQuestion {
    fileprivate var texts: [String] { selectors.map(\.text) + [canary, stable] }

    fileprivate func filled(_ value: (Placeholder) -> String) -> CounterQuestion {
        var question = self
        question.selectors = selectors.map { Selector($0.role, $0.text.filled(value)) }
        question.canary = canary.filled(value)
        question.stable = stable.filled(value)
        return question
    }
}

extension String {
    fileprivate func filled(_ value: (Placeholder) -> String) -> String {
        guard contains("{{") else { return self }
        return Placeholder.allCases.reduce(self) { text, placeholder in
            text.replacing(placeholder.token, with: value(placeholder))
        }
    }
}
