/// How far a comparison has come: a value that is small enough to stand in every entry of a journal, so that a crash
/// loses nothing and an upgrade judges nothing twice.
///
/// It belongs to a release and not to a step: what was seen before a step counts in it, and the error that is allowed
/// is spent once.
package struct ComparisonRun: Hashable, Codable, Sendable {
    package let startedAt: Moment
    /// Up to where the counters were read.
    package private(set) var seenUntil: Moment
    /// How many looks found something to compare.
    package private(set) var looks = 0
    package private(set) var channels: [ComparisonChannel] = []
    package private(set) var mean: MeanTest?
    /// Since when each instance of the canary is there.
    package private(set) var canaries: [String: Moment] = [:]
    package private(set) var stableCount = 0
    package private(set) var lastCanary: Moment?
    package private(set) var lastStable: Moment?
    /// What was served lately.
    package private(set) var traffic: Throughput?

    /// Requests a second.
    package struct Throughput: Hashable, Codable, Sendable {
        package var canary: Double
        package var stable: Double
    }

    package init(of comparison: Comparison, startedAt: Moment) {
        self.startedAt = startedAt
        seenUntil = startedAt + (.zero - comparison.history)
        if comparison.kind == .mean { mean = MeanTest() }
    }

    /// The lengths of the blocks in which dispersion is measured.
    private static func scales(_ interval: Duration) -> [Duration] {
        [interval] + [.seconds(60), .seconds(300)].filter { $0 > interval }
    }

    /// The longest block, and a scrape or two before it.
    package static let lookback = Duration.seconds(360)

    /// What the metric tells beside its comparison.
    package struct Pace: Hashable, Sendable {
        package let interval: Duration
        /// How long it is to go on; none: nobody knows.
        package let planned: Duration?

        package init(interval: Duration, planned: Duration? = nil) {
            self.interval = interval
            self.planned = planned
        }

        /// In minutes.
        var horizon: Int { max(16, planned.map { Int($0 / .seconds(60)) } ?? 60) }
    }

    /// Takes what the counters said. What was taken before is left out, so that reading twice counts once.
    package mutating func take(_ reading: CounterReading, of comparison: Comparison, at pace: Pace) {
        guard reading.until > seenUntil else { return }
        note(reading)
        let start = min(max(seenUntil, startedAt), reading.until)
        let isPrepared = prepare(reading, comparison, pace)
        disperse(reading, pace, from: seenUntil, through: start)
        if isPrepared { weigh(reading, comparison, pace, from: start) }
        disperse(reading, pace, from: start, through: reading.until)
        seenUntil = reading.until
    }

    private mutating func note(_ reading: CounterReading) {
        for instance in reading.instances where instance.isCanary && canaries[instance.name] == nil {
            canaries[instance.name] = instance.firstSeen
        }
        let present = Set(reading.instances.filter(\.isCanary).map(\.name))
        // Names of long gone instances would pile up in every entry.
        if canaries.count > 64 { canaries = canaries.filter { present.contains($0.key) } }
        let stable = reading.instances.filter { !$0.isCanary }
        stableCount = stable.count { !$0.points.isEmpty }
        lastStable = max(lastStable, stable.map(\.lastSeen).max())
        lastCanary = max(lastCanary, reading.instances.filter(\.isCanary).map(\.lastSeen).max())
    }

    /// Makes the channels. Those of a histogram are chosen by what the stable arm did, and begin with the next look:
    /// what they are chosen by is no evidence.
    private mutating func prepare(
        _ reading: CounterReading, _ comparison: Comparison, _ pace: Pace
    ) -> Bool {
        guard channels.isEmpty else { return true }
        let scales = Self.scales(pace.interval).count
        guard comparison.kind == .latency else {
            channels = [ComparisonChannel(comparison, scales: scales)]
            return true
        }
        channels = reading.usefulBoundaries.map {
            ComparisonChannel(boundary: $0, comparison, scales: scales)
        }
        return false
    }

    private mutating func weigh(
        _ reading: CounterReading, _ comparison: Comparison, _ pace: Pace, from start: Moment
    ) {
        let minute = Int((reading.until - startedAt) / .seconds(60))
        var isSeen = false
        for index in channels.indices {
            guard let column = reading.column(of: channels[index].boundary) else { continue }
            let increment = increment(reading, column, comparison, from: start)
            isSeen = isSeen || increment.canary.requests > 0 && increment.stable.requests > 0
            if index == 0 { note(increment, in: reading.until - start) }
            channels[index].restart(through: minute, of: pace.horizon)
            channels[index].take(
                increment, of: comparison, dispersion: dispersion(of: channels[index], comparison))
            mean?.take(increment, comparison)
        }
        if isSeen { looks += 1 }
    }

    private mutating func note(_ increment: Increment, in time: Duration) {
        let seconds = time / .seconds(1)
        guard seconds > 0 else { return }
        let now = Throughput(
            canary: increment.canary.requests / seconds, stable: increment.stable.requests / seconds)
        let last = traffic ?? now
        traffic = Throughput(canary: (last.canary + now.canary) / 2, stable: (last.stable + now.stable) / 2)
    }

    /// φ of a channel, from what was seen before.
    package func dispersion(of channel: ComparisonChannel, _ comparison: Comparison) -> Double {
        comparison.dispersion ?? (stableCount > 1 ? channel.dispersion.value : Dispersion.unmeasured)
    }

    private func increment(
        _ reading: CounterReading, _ column: Int, _ comparison: Comparison, from start: Moment
    ) -> Increment {
        reading.instances.reduce(into: Increment(canary: ArmCount(), stable: ArmCount())) { sum, instance in
            let warm =
                instance.isCanary
                ? (canaries[instance.name] ?? instance.firstSeen) + comparison.warmup : start
            let count = instance.count(column, from: max(start, warm), through: reading.until)
            if instance.isCanary { sum.canary += count } else { sum.stable += count }
        }
    }

    /// Takes the blocks that ended between two moments.
    private mutating func disperse(
        _ reading: CounterReading, _ pace: Pace, from start: Moment, through end: Moment
    ) {
        for (scale, length) in Self.scales(pace.interval).enumerated() {
            for index in channels.indices {
                guard let column = reading.column(of: channels[index].boundary) else { continue }
                for block in reading.stableBlocks(of: length, column, from: start, through: end) {
                    channels[index].disperse(block, scale: scale)
                }
            }
        }
    }
}

private func max(_ one: Moment?, _ other: Moment?) -> Moment? {
    [one, other].compactMap(\.self).max()
}

extension MeanTest {
    fileprivate mutating func take(_ increment: Increment, _ comparison: Comparison) {
        let tested = comparison.direction == .decrease ? increment.swapped : increment
        guard let canary = tested.canary.rate, let stable = tested.stable.rate else { return }
        take(canary - comparison.margin.ratio * stable - comparison.margin.absolute)
    }
}

extension CounterReading {
    fileprivate func column(of boundary: Double?) -> Int? {
        guard let boundary else { return boundaries.isEmpty ? 0 : nil }
        return boundaries.firstIndex(of: boundary)
    }

    /// The blocks of one length that ended between two moments: in each what the stable instances did that were there.
    fileprivate func stableBlocks(
        of length: Duration, _ column: Int, from start: Moment, through end: Moment
    ) -> [[ArmCount]] {
        let size = max(1, length.wholeMicroseconds)
        let numbers =
            start.microseconds.flooredDivision(
                by: size)..<max(
                start.microseconds.flooredDivision(by: size), end.microseconds.flooredDivision(by: size))
        var blocks: [Int64: [ArmCount]] = [:]
        for instance in instances where !instance.isCanary {
            for (number, count) in instance.blocks(of: size, column) where numbers.contains(number) {
                blocks[number, default: []].append(count)
            }
        }
        return blocks.sorted { $0.key < $1.key }.map(\.value)
    }

    private static let channelsMax = 8
    private static let requestsMin = 100.0

    /// The boundaries that at most three of five stable requests exceed; eight of them, evenly spread. Nothing before
    /// there are enough requests to tell.
    fileprivate var usefulBoundaries: [Double] {
        let stable = instances.filter { !$0.isCanary }
        let requests = stable.flatMap(\.points).reduce(0) { $0 + $1.requests }
        guard requests >= Self.requestsMin else { return [] }
        let useful = boundaries.indices.filter { index in
            stable.flatMap(\.points).reduce(0) { $0 + $1.bad[index] } <= 0.6 * requests
        }
        guard useful.count > Self.channelsMax else { return useful.map { boundaries[$0] } }
        return (0..<Self.channelsMax).map { place in
            boundaries[useful[place * (useful.count - 1) / (Self.channelsMax - 1)]]
        }
    }
}

extension CounterReading.Instance {
    /// What it did after one moment and up to another.
    func count(_ column: Int, from start: Moment, through end: Moment) -> ArmCount {
        points.lazy.filter { start < $0.moment && $0.moment <= end }.reduce(ArmCount()) { sum, point in
            sum + ArmCount(requests: point.requests, bad: point.bad[column])
        }
    }

    /// What it did in each block of so many microseconds in which it served anything.
    fileprivate func blocks(of size: Int64, _ column: Int) -> [Int64: ArmCount] {
        points.lazy.filter { $0.requests > 0 }.reduce(into: [:]) { blocks, point in
            let number = (point.moment.microseconds - 1).flooredDivision(by: size)
            blocks[number, default: ArmCount()] += ArmCount(requests: point.requests, bad: point.bad[column])
        }
    }
}
