import Analysis

/// What may be asked without a query: the mesh of the rollout says in which words.
enum Builtin: String, CaseIterable {
    /// The share of requests that did not fail.
    case successRate = "success-rate"
    /// How long the slowest requests take, in milliseconds.
    case latency
    /// Requests a second.
    case requestRate = "request-rate"
}

/// What a builtin is asked about.
struct BuiltinQuestion {
    var builtin: Builtin
    var window: Duration = .seconds(60)
    /// Of a latency: 0.99 is the time that one of a hundred requests takes longer than.
    var quantile = 0.99
}

// The queries of `analysis-templates/`, for any mesh; a test holds that they are the same.

extension Telemetry {
    func query(_ question: BuiltinQuestion) -> String {
        switch question.builtin {
        case .successRate: successRate(question.window.text)
        case .latency: latency(question.quantile, question.window.text)
        case .requestRate: "sum(rate(\(requests.series())[\(question.window.text)]))"
        }
    }

    /// A counter of failures does not exist before the first one, and rate() and increase() do not see the step from
    /// nothing to forty: `unless … offset` counts what was born within the window.
    private func successRate(_ window: String) -> String {
        let failures = failures.map { born($0, window, indent: "    ") }.joined(separator: "\n    or ")
        return """
            1 - (
              sum(
                \(failures)
              )
              or vector(0)
            )
            /
            (sum(
              \(born(requests.series(), window, indent: "  "))
            ) > 0)
            """
    }

    private func born(_ series: String, _ window: String, indent: String) -> String {
        "(\(series)\n\(indent)  unless \(series) offset \(window))\n\(indent)or increase(\(series)[\(window)])"
    }

    private func latency(_ quantile: Double, _ window: String) -> String {
        let factor = isInSeconds ? "1000 * " : ""
        return """
            \(factor)histogram_quantile(\(quantile),
              sum by (le) (rate(\(buckets.series())[\(window)]))) >= 0
            """
    }
}
