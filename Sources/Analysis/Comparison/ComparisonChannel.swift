/// The evidence about one kind of bad event: errors, or requests slower than one boundary.
package struct ComparisonChannel: Hashable, Codable, Sendable {
    /// In seconds; none for anything but latency.
    package let boundary: Double?
    package private(set) var breach = BreachEvidence()
    package private(set) var pass: PassEvidence?
    package private(set) var dispersion: Dispersion
    /// How many bad events more than the margin allows, since there was none too many.
    package private(set) var excess = 0.0
    package private(set) var canary = ArmCount()
    package private(set) var stable = ArmCount()
    package private(set) var band: RatioBand?
    /// Bad events whose requests were not counted yet.
    private var carried = ArmCount()

    init(boundary: Double? = nil, _ comparison: Comparison, scales: Int) {
        self.boundary = boundary
        pass = comparison.pass.map { _ in PassEvidence() }
        dispersion = Dispersion(scales: scales)
        band = boundary == nil ? RatioBand() : nil
    }

    mutating func restart(through minute: Int, of horizon: Int) {
        breach.restart(through: minute, of: horizon)
    }

    mutating func disperse(_ instances: [ArmCount], scale: Int) {
        dispersion.take(instances, scale: scale)
    }

    mutating func take(_ found: Increment, of comparison: Comparison, dispersion: Double) {
        let increment = completed(found)
        canary += increment.canary
        stable += increment.stable
        // A quantity is no number of events: `MeanTest` has it.
        guard comparison.kind != .mean else { return }
        let tested = comparison.direction == .decrease ? increment.swapped : increment
        breach.weigh(tested, margin: comparison.margin, dispersion: dispersion)
        if let margin = comparison.pass?.margin {
            pass?.weigh(tested, margin: margin, dispersion: dispersion)
        }
        band?.weigh(increment, dispersion: dispersion)
        guard tested.stable.requests > 0 else { return }
        let allowed = comparison.margin.ratio * (tested.stable.bad / tested.stable.requests)
        excess = max(
            0, excess + tested.canary.bad - tested.canary.requests * (allowed + comparison.margin.absolute))
    }

    /// A record that comes late has its request behind it: it waits for the next look, because alone it would count
    /// as if it had come out of nothing.
    private mutating func completed(_ increment: Increment) -> Increment {
        var increment = increment
        increment.canary.bad += carried.bad
        carried.bad = 0
        if increment.canary.requests == 0 { swap(&carried.bad, &increment.canary.bad) }
        return increment
    }
}
