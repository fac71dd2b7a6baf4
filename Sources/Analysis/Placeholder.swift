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
            query.texts + [successCondition, failureCondition].compactMap(\.self)
            + (query.counters?.texts ?? [])
        return [Placeholder.canaryRelease, .canaryBackend].contains { placeholder in
            texts.contains { $0.contains(placeholder.token) }
        }
    }

    package func filled(_ value: (Placeholder) -> String) -> Metric {
        var metric = self
        metric.query = metric.query.rewritten { $0.filled(value) }
        metric.query.counters = metric.query.counters?.filled(value)
        metric.successCondition = metric.successCondition?.filled(value)
        metric.failureCondition = metric.failureCondition?.filled(value)
        return metric
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
