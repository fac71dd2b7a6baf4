/// A service level objective, and what of it holds a release or takes it back: `slos[]`.
///
/// It is about the service and not about the release: a comparison sees which of two is worse, an objective sees that
/// the users of both have had enough.
package struct SLO: Hashable, Codable, Sendable {
    package enum Severity: String, Hashable, Codable, Sendable, CaseIterable {
        case page, ticket
    }

    /// A rate at which the budget may burn over a long window and a short one: above it in both is a burn. The long one
    /// says that it matters, the short one that it goes on.
    package struct BurnLimit: Hashable, Codable, Sendable {
        package var severity: Severity
        package var long: Duration
        package var short: Duration
        /// 1 spends the budget in just its window.
        package var factor: Double

        package init(_ severity: Severity, long: Duration, short: Duration, factor: Double) {
            self.severity = severity
            self.long = long
            self.short = short
            self.factor = factor
        }
    }

    /// The share of requests that are to be good. None: the store knows it.
    package var objective: Double?
    package var window: Duration
    /// Those that hold or abort anything.
    package var limits: [BurnLimit]
    /// Nothing advances while less of the budget is left. None: whatever is left.
    package var minRemaining: Double?
    /// Nothing advances during a burn of these severities.
    package var blockOn: [Severity]
    /// Whether a page that began when the release had traffic takes it back.
    package var abortsOnBurn: Bool
    /// How much of the window's budget the release may spend by itself. None: whatever it does.
    package var blastRadius: Double?

    package init(
        objective: Double?, window: Duration, limits: [BurnLimit], minRemaining: Double? = 0.1,
        blockOn: [Severity] = [.page], abortsOnBurn: Bool = true, blastRadius: Double? = nil
    ) {
        self.objective = objective
        self.window = window
        self.limits = limits
        self.minRemaining = minRemaining
        self.blockOn = blockOn
        self.abortsOnBurn = abortsOnBurn
        self.blastRadius = blastRadius
    }
}

extension SLO {
    /// How often one is looked at where nobody says.
    package static let interval = Duration.seconds(60)
}

extension SLO.BurnLimit {
    /// By the SRE workbook: what spends 2 % of the budget in an hour or 5 % in six pages, 10 % in one day or three is a
    /// ticket.
    package static func standard(window: Duration) -> [SLO.BurnLimit] {
        [
            spending(0.02, of: window, .page, long: .hours(1), short: .minutes(5)),
            spending(0.05, of: window, .page, long: .hours(6), short: .minutes(30)),
            spending(0.1, of: window, .ticket, long: .hours(24), short: .hours(2)),
            spending(0.1, of: window, .ticket, long: .hours(72), short: .hours(6)),
        ]
    }

    private static func spending(
        _ share: Double, of window: Duration, _ severity: SLO.Severity, long: Duration, short: Duration
    ) -> SLO.BurnLimit {
        SLO.BurnLimit(severity, long: long, short: short, factor: share * (window / long))
    }

    /// Pyrra's: the windows grow with the objective's, to the minute, and the factors stay.
    package static func pyrra(window: Duration) -> [SLO.BurnLimit] {
        let minutes = { (part: Double) in
            Duration.minutes(Int64((window / .minutes(1) / part).rounded()))
        }
        return [
            SLO.BurnLimit(.page, long: minutes(672), short: minutes(8_064), factor: 14),
            SLO.BurnLimit(.page, long: minutes(112), short: minutes(1_344), factor: 7),
            SLO.BurnLimit(.ticket, long: minutes(28), short: minutes(336), factor: 2),
            SLO.BurnLimit(.ticket, long: minutes(7), short: minutes(112), factor: 1),
        ]
    }
}

extension Duration {
    package static func minutes(_ count: Int64) -> Duration { .seconds(count * 60) }
    package static func hours(_ count: Int64) -> Duration { .seconds(count * 3_600) }
    package static func days(_ count: Int64) -> Duration { .hours(count * 24) }

    /// `30d`, `6h`, `1d1h43m`: as Prometheus writes a window, but for whole weeks.
    package var windowText: String {
        let (days, rest) = wholeMicroseconds.quotientAndRemainder(dividingBy: 86_400_000_000)
        guard days > 0 else { return text }
        return "\(days)d" + (rest > 0 ? Duration.microseconds(rest).text : "")
    }
}
