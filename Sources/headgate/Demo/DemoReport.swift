import Foundation
import Lab
import Server

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
        /// What the scenario promises beside that, with the numbers.
        let claims: [DemoClaim]
    }

    var scenarios: [Scenario] = []

    /// What the demo promises and did not keep.
    func trouble(of scenarios: [DemoScenario]) -> String? {
        zip(self.scenarios, scenarios).lazy.compactMap { $0.trouble(of: $1) }.first
    }

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
        let claims = scenarios.flatMap { scenario in
            scenario.claims.map { "\n\($0.holds ? "✔" : "✘") \(scenario.name): \($0.text)" }
        }
        return table.text + claims.joined() + "\n"
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
        try container.encode(claims, forKey: .claims)
    }
}

extension DemoReport.Scenario {
    init(
        _ scenario: DemoScenario, _ result: LoadResult, _ history: [HistoryEntry], _ seen: DemoPlay.Seen,
        in time: Duration
    ) {
        let abort = history.last { $0.kind == "aborted" }
        let applied = abort.flatMap { abort in
            history.first { $0.kind == "routed" && $0.sequence > abort.sequence }
        }
        let stableAt = applied.map { Double($0.microseconds) / 1_000 }
        let length = time / .seconds(1)
        name = scenario.rawValue
        outcome = abort == nil ? .promoted : .rolledBack
        (requests, requestsPerSecond) = (result.requests, Int(Double(result.requests) / length))
        (failedByRelease, failedByShift) = (result.failedByRelease, result.failedByShift)
        breachToStableMs = seen.breachAt.flatMap { at in
            stableAt.map { $0 - at.timeIntervalSince1970 * 1_000 }
        }
        verdictToAppliedMs = abort.flatMap { abort in
            stableAt.map { $0 - Double(abort.microseconds) / 1_000 }
        }
        seconds = (length * 10).rounded() / 10
        claims = seen.claims
    }

    /// The first promise that was not kept.
    fileprivate func trouble(of scenario: DemoScenario) -> String? {
        if outcome != scenario.outcome { return "\(name) ended \(outcome.rawValue)" }
        if failedByShift > 0 { return "\(name): \(failedByShift) requests were lost by a shift" }
        return claims.first { !$0.holds }.map { "\(name): \($0.text)" }
    }
}
