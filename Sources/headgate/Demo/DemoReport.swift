/// What the demo saw, as `--json` writes it. Times are milliseconds; what did not happen is null.
struct DemoReport: Codable {
    struct Scenario: Codable {
        enum Outcome: String, Codable {
            case promoted, rolledBack
        }

        let name: String
        let outcome: Outcome
        let requests: Int
        let requestsPerSecond: Int
        /// Answers of a release that were failures of its own.
        let failedByRelease: Int
        /// Requests that met no release: the price of shifting, which is to be none.
        let failedByShift: Int
        /// From the release's first failure to the data plane showing the stable release alone.
        let breachToStableMs: Double?
        /// From the journaled verdict to the same.
        let verdictToAppliedMs: Double?
        let seconds: Double
    }

    var scenarios: [Scenario] = []

    var text: String {
        var table = Table(header: [
            "SCENARIO", "OUTCOME", "REQUESTS", "PER SECOND", "BAD RELEASE", "BAD SHIFT", "BREACH→STABLE",
            "VERDICT→APPLIED",
        ])
        table.rows = scenarios.map { scenario in
            [
                scenario.name, scenario.outcome.rawValue, "\(scenario.requests)",
                "\(scenario.requestsPerSecond)",
                "\(scenario.failedByRelease)", "\(scenario.failedByShift)",
                milliseconds(scenario.breachToStableMs),
                milliseconds(scenario.verdictToAppliedMs),
            ]
        }
        return table.text
            + "\nbad release: requests that the release itself failed; bad shift: requests lost by moving traffic"
    }

    private func milliseconds(_ number: Double?) -> String {
        number.map { "\(Int($0.rounded())) ms" } ?? "-"
    }
}

extension DemoReport.Scenario {
    /// Writes `null` where the compiler would leave the key out: readers find the same keys in every scenario.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(outcome, forKey: .outcome)
        try container.encode(requests, forKey: .requests)
        try container.encode(requestsPerSecond, forKey: .requestsPerSecond)
        try container.encode(failedByRelease, forKey: .failedByRelease)
        try container.encode(failedByShift, forKey: .failedByShift)
        try container.encode(breachToStableMs, forKey: .breachToStableMs)
        try container.encode(verdictToAppliedMs, forKey: .verdictToAppliedMs)
        try container.encode(seconds, forKey: .seconds)
    }
}
