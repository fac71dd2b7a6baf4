import Analysis
import Testing

/// The statistics against numbers that were worked out elsewhere, to a hundred-thousandth.
@Suite struct EvidenceTests {
    typealias Row = (Double, Double, Double, Double)

    static let a: [Row] = [
        (60, 2, 1140, 1), (60, 1, 1140, 2), (60, 3, 1140, 1), (0, 0, 1200, 1), (61, 2, 1139, 0),
    ]
    static let b: [Row] = [(150, 0, 1350, 2), (150, 1, 1350, 1), (750, 1, 750, 1), (750, 2, 750, 0)]
    static let c: [Row] = [(1500, 9, 13500, 13), (1500, 8, 13500, 15), (1500, 10, 13500, 12)]

    static func increment(_ row: Row) -> Increment {
        Increment(
            canary: ArmCount(requests: row.0, bad: row.1), stable: ArmCount(requests: row.2, bad: row.3))
    }

    private func expect(
        _ rows: [Row], _ values: [Double], _ margin: Margin, dispersion: Double = 1, restarting: Bool = false,
        at location: SourceLocation = #_sourceLocation
    ) {
        var evidence = BreachEvidence(restarting: restarting)
        for (minute, (row, value)) in zip(rows, values).enumerated() {
            if restarting { evidence.restart(through: minute, of: 60) }
            evidence.weigh(Self.increment(row), margin: margin, dispersion: dispersion)
            #expect(
                isNear(evidence.value, value), "\(evidence.value) is not \(value)", sourceLocation: location)
        }
    }

    @Test func theEvidenceGrowsAsItWasWorkedOut() {
        let margin = Margin(ratio: 1.25)
        expect(Self.a, [17.8886, 28.3914, 6657.74, 6657.74, 604678], margin)
        expect(Self.b, [0.396353, 0.68381, 0.45851, 0.825314], margin)
        expect(Self.c, [80.6109, 2715.89, 3.1064e6], margin)
    }

    @Test func withoutAMarginItGrowsFaster() {
        let margin = Margin(ratio: 1)
        expect(Self.a, [25.1679, 48.3257, 21215, 21215, 2.9232e6], margin)
        expect(Self.b, [0.426777, 0.811685, 0.568626, 1.17383], margin)
        expect(Self.c, [323.943, 36766.3, 2.12899e8], margin)
    }

    @Test func anAbsoluteMarginIsPartOfWhatIsTested() {
        let margin = Margin(ratio: 1.25, absolute: 0.0005)
        expect(Self.a, [14.0841, 19.7457, 3226.42, 3226.42, 200809], margin)
        expect(Self.b, [0.358497, 0.548222, 0.345612, 0.525303], margin)
        expect(Self.c, [18.2516, 184.711, 31734.1], margin)
    }

    @Test func clusteredEventsCountForLess() {
        let margin = Margin(ratio: 1.25)
        expect(Self.a, [3.84817, 4.59782, 58.2254, 58.2254, 506.76], margin, dispersion: 2)
        expect(Self.b, [0.538928, 0.708914, 0.537781, 0.74261], margin, dispersion: 2)
        expect(Self.c, [6.47826, 32.5427, 947.956], margin, dispersion: 2)
    }

    @Test func halfOfTheStakeIsLaidMinuteByMinute() {
        let margin = Margin(ratio: 1.25)
        expect(Self.a, [9.44431, 14.7011, 3332.46, 3332.46, 302652], margin, restarting: true)
        expect(Self.b, [0.698177, 0.846617, 0.722371, 0.927296], margin, restarting: true)
        expect(Self.c, [40.8054, 1358.56, 1.5533e6], margin, restarting: true)
    }

    @Test func aCanaryAloneIsHeldAgainstACeiling() {
        var evidence = BreachEvidence(restarting: false)
        for (bad, value) in [(2.0, 1.17335), (3, 8.09104), (4, 288.328)] {
            evidence.weigh(ArmCount(requests: 600, bad: bad), ceiling: 0.001)
            #expect(isNear(evidence.value, value))
        }
    }

    @Test func aCanaryThatIsNotWorsePasses() {
        let margin = Margin(ratio: 1.5, absolute: 0.001)
        func expectPass(_ rows: [Row], _ values: [Double]) {
            var evidence = PassEvidence()
            for (row, value) in zip(rows, values) {
                evidence.weigh(Self.increment(row), margin: margin)
                #expect(isNear(evidence.value, value), "\(evidence.value) is not \(value)")
            }
        }
        expectPass(
            [(1500, 1, 13500, 13), (1500, 2, 13500, 15), (1500, 1, 13500, 12)], [2.6056, 3.40527, 8.87571])
        expectPass(
            Array(repeating: (1000, 0, 9000, 0), count: 4), [1.74645, 3.24717, 6.38374, 13.1498])
    }

    @Test func theRatioLiesWhereItWasWorkedOutToLie() throws {
        for (rows, low, high) in [(Self.a, 6.17, 362.0), (Self.b, 0.229, 38.1), (Self.c, 2.59, 13.5)] {
            var band = RatioBand()
            for row in rows { band.weigh(Self.increment(row)) }
            let bounds = try #require(band.bounds())
            #expect(isNear(bounds.lowerBound, low, 5e-3), "\(bounds)")
            #expect(isNear(bounds.upperBound, high, 5e-3), "\(bounds)")
        }
        #expect(RatioBand().bounds() == nil)
    }

    @Test func dispersionIsMeasuredBetweenStableInstances() {
        var dispersion = Dispersion(scales: 1)
        for block: [(Double, Double)] in [
            [(100, 1), (100, 0), (98, 3)], [(101, 0), (99, 5), (100, 0)], [(100, 0), (100, 0), (100, 1)],
        ] {
            dispersion.take(block.map { ArmCount(requests: $0.0, bad: $0.1) }, scale: 0)
        }
        #expect(isNear(dispersion.raw, 3.338694))
        #expect(isNear(dispersion.value, 1.924314))
        #expect(Dispersion(scales: 3).value == 1.5)
    }

    /// What it costs to find a regression is a number of bad events that hardly depends on the traffic.
    @Test func theEventsThatARegressionCostsAreKnownBefore() throws {
        let detection = Detection(margin: Margin(ratio: 1.25), alpha: 0.01, share: 1e-6)
        for (ratio, events) in [(1.5, 470.0), (2, 78), (3, 25), (5, 12), (10, 6), (50, 3)] {
            let needed = try #require(detection.eventsNeeded(ratio: ratio))
            #expect(abs(needed - events) <= max(1, events * 0.05), "×\(ratio): \(needed)")
        }
        #expect(detection.eventsNeeded(ratio: 1.2) == nil, "the margin allows that")
        let half = Detection(margin: Margin(ratio: 1.25), alpha: 0.01, share: 0.5)
        #expect(isNear(try #require(half.eventsNeeded(ratio: 2)), 190, 0.03))
        let tenth = Detection(margin: Margin(ratio: 1.25), alpha: 0.01, share: 0.1)
        let time = try #require(tenth.time(ratio: 5, perSecond: 100, rate: 0.001))
        #expect(time > .seconds(200) && time < .seconds(300), "\(time)")
        let least = try #require(tenth.leastRatio(within: .seconds(300), perSecond: 100, rate: 0.001))
        #expect(4...6 ~= least, "\(least)")
        #expect(tenth.leastRatio(within: .seconds(300), perSecond: 0.1, rate: 0.001) == nil)
    }

    /// Evidence that has run dry, or over, stays a number.
    @Test func wealthStaysWithinWhatANumberHolds() {
        var evidence = BreachEvidence()
        for _ in 0..<50 { evidence.weigh(Self.increment((10, 10, 1e6, 0)), margin: Margin()) }
        #expect(evidence.value.isFinite)
        for _ in 0..<50 { evidence.weigh(Self.increment((1e6, 0, 1e6, 1e6)), margin: Margin()) }
        #expect(evidence.value.isFinite && evidence.value > 0)
    }
}

/// To a hundred-thousandth, as the numbers were handed down.
func isNear(_ value: Double, _ expected: Double, _ tolerance: Double = 1e-5) -> Bool {
    abs(value - expected) <= tolerance * abs(expected)
}
