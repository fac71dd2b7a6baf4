/// What of a canary is compared with the stable release, and what follows: `metrics[].compare`.
///
/// A comparison does not count measurements, it gathers evidence: look as often as you like, a good release is taken
/// back with a chance of `falseRollback` at the most, over its whole flight and over all of its comparisons together.
package struct Comparison: Hashable, Codable, Sendable {
    package enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
        /// Bad ones among requests.
        case errors
        /// Events for each second of each instance: restarts, crashes.
        case count
        /// Requests slower than the boundaries of a histogram.
        case latency
        /// A quantity for each request: CPU, rows read. Holds for large numbers only, so it asks and never takes back.
        case mean
    }

    /// Which way is worse.
    package enum Direction: String, Hashable, Codable, Sendable, CaseIterable {
        case increase, decrease
    }

    package enum Horizon: String, Hashable, Codable, Sendable, CaseIterable {
        case succeed, inconclusive
    }

    /// The canary is proved to be no worse than the margin.
    package struct Pass: Hashable, Codable, Sendable {
        package var margin: Margin
        package var falsePass: Double
        /// Whether it is over with that. What is watched in the background is watched on.
        package var isFinal: Bool

        package init(
            margin: Margin = Margin(ratio: 1.5, absolute: 0.001), falsePass: Double = 0.05,
            isFinal: Bool = true
        ) {
            self.margin = margin
            self.falsePass = falsePass
            self.isFinal = isFinal
        }
    }

    /// What follows when an arm is not measured any more.
    package struct Silence: Hashable, Codable, Sendable {
        package enum End: String, Hashable, Codable, Sendable, CaseIterable {
            case inconclusive, abort
        }

        package var hold: Duration
        package var then: End

        package init(hold: Duration = .seconds(600), then: End = .inconclusive) {
            self.hold = hold
            self.then = then
        }
    }

    package var kind: Kind
    package var direction: Direction
    package var margin: Margin
    /// None: it goes on until its run ends.
    package var pass: Pass?
    /// Its part of the error that all comparisons of a release share, beside the parts of the others.
    package var weight: Double
    /// α: how often a good release may be taken back.
    package var falseRollback: Double
    /// A new instance of the canary is left out for so long.
    package var warmup: Duration
    /// So many bad events more than the margin allows before a release is taken back.
    package var minExcess: Double
    /// How clustered the events are. None: it is measured between the stable instances.
    package var dispersion: Double?
    /// For how long before the start the stable instances are looked at, for the dispersion.
    package var history: Duration
    /// When nothing is proved at the end.
    package var atHorizon: Horizon
    package var silence: Silence

    package init(
        kind: Kind, direction: Direction = .increase, margin: Margin = Margin(), pass: Pass? = nil,
        weight: Double = 1, falseRollback: Double = 0.01, warmup: Duration = .seconds(60),
        minExcess: Double = 5, dispersion: Double? = nil, history: Duration = .seconds(3_600),
        atHorizon: Horizon = .succeed, silence: Silence = Silence()
    ) {
        self.kind = kind
        self.direction = direction
        self.margin = margin
        self.pass = pass
        self.weight = weight
        self.falseRollback = falseRollback
        self.warmup = warmup
        self.minExcess = minExcess
        self.dispersion = dispersion
        self.history = history
        self.atHorizon = atHorizon
        self.silence = silence
    }
}
