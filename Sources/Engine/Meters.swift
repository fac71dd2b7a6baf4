/// What the engine counts about itself.
package struct Meters: Sendable {
    package var turns: UInt64 = 0
    package var commits: UInt64 = 0
    package var entries: UInt64 = 0
    package var refusals: UInt64 = 0
    package var journalFailures: UInt64 = 0
    package var drifts: UInt64 = 0
    package var measurements: UInt64 = 0
    /// Questions that reached a metrics store: equal ones of one tick are asked once.
    package var queries: UInt64 = 0
    package var routesApplied: UInt64 = 0
    package var routeFailures: UInt64 = 0
    package var rollbacks: UInt64 = 0
    /// From the number that decided (or the wish to abort) to the data plane showing the stable release
    /// alone.
    package var verdictToApplied = Histogram(bounds: [
        0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30,
    ])
}

/// Counts by upper bound, in seconds, as Prometheus counts them.
package struct Histogram: Sendable {
    package let bounds: [Double]
    /// One more than there are bounds: the last counts what is above them all. Not cumulative.
    package private(set) var counts: [UInt64]
    package private(set) var sum = 0.0

    package init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    package var total: UInt64 { counts.reduce(0, +) }

    package mutating func observe(_ duration: Duration) {
        let seconds = duration / .seconds(1)
        counts[bounds.firstIndex { seconds <= $0 } ?? bounds.count] += 1
        sum += seconds
    }
}
