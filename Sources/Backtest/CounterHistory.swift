package import Analysis

/// What every instance did from scrape to scrape, of every release there was.
package struct CounterHistory: Codable, Sendable {
    /// Without anything that belongs to a single release.
    package let question: CounterQuestion
    package private(set) var boundaries: [Double] = []
    package private(set) var instances: [InstanceHistory] = []
    /// How many pages had other boundaries than those before: nothing could be added to them.
    package private(set) var misfits = 0

    package init(_ question: CounterQuestion) {
        self.question = question
    }

    /// Whether an edited template still asks for the same: margins and levels may change, counters may not.
    func answers(_ other: CounterQuestion) -> Bool {
        (question.selectors, question.label, question.instance)
            == (other.selectors, other.label, other.instance)
    }

    /// Whether everything in it can be reckoned with, whoever has written it.
    var isSound: Bool {
        let width = max(1, boundaries.count)
        return boundaries.allSatisfy(\.isFinite) && zip(boundaries, boundaries.dropFirst()).allSatisfy(<)
            && instances.allSatisfy { instance in
                zip(instance.points, instance.points.dropFirst()).allSatisfy { $0.moment < $1.moment }
                    && instance.points.allSatisfy { $0.bad.count == width && $0.isFinite }
            }
    }

    package var pointCount: Int { instances.reduce(0) { $0 + $1.points.count } }

    /// Adds a page: what came after what is known already, by the value of the label that tells releases apart.
    package mutating func add(_ page: [String: CounterReading]) {
        for (arm, reading) in page.sorted(by: { $0.key < $1.key }) where !reading.instances.isEmpty {
            if instances.isEmpty { boundaries = reading.boundaries }
            guard reading.boundaries == boundaries else {
                misfits += 1
                continue
            }
            for instance in reading.instances { add(instance, of: arm) }
        }
    }

    private mutating func add(_ found: CounterReading.Instance, of arm: String) {
        guard let index = instances.firstIndex(where: { $0.arm == arm && $0.name == found.name }) else {
            instances.append(InstanceHistory(arm: arm, name: found.name, points: found.points))
            return
        }
        instances[index].add(found.points)
    }
}

/// One instance of one release.
package struct InstanceHistory: Sendable {
    package let arm: String
    package let name: String
    package private(set) var points: [CounterReading.Point]

    package init(arm: String, name: String, points: [CounterReading.Point]) {
        self.arm = arm
        self.name = name
        self.points = points
    }

    mutating func add(_ more: [CounterReading.Point]) {
        let last = points.last?.moment
        points += more.drop { point in last.map { point.moment <= $0 } ?? false }
    }

    /// What it did after one moment and up to another.
    func points(after start: Moment, through end: Moment) -> ArraySlice<CounterReading.Point> {
        points.between(start, end)
    }
}

extension CounterReading.Point {
    fileprivate var isFinite: Bool { requests.isFinite && bad.allSatisfy(\.isFinite) }
}

extension [CounterReading.Point] {
    /// Those after one moment and up to another; they stand in order.
    func between(_ start: Moment, _ end: Moment) -> ArraySlice<CounterReading.Point> {
        let first = firstIndex(after: start)
        return self[first..<Swift.max(first, firstIndex(after: end))]
    }

    private func firstIndex(after moment: Moment) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].moment > moment { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// In columns: a file of two weeks is a tenth of what it would be point by point.
extension InstanceHistory: Codable {
    private struct Columns: Codable {
        let arm: String
        let name: String
        let moments: [Moment]
        let requests: [Double]
        let bad: [[Double]]
    }

    package init(from decoder: any Decoder) throws {
        let columns = try Columns(from: decoder)
        guard columns.moments.count == columns.requests.count, columns.moments.count == columns.bad.count
        else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "columns of different lengths"))
        }
        (arm, name) = (columns.arm, columns.name)
        points = columns.moments.indices.map { index in
            CounterReading.Point(
                moment: columns.moments[index], requests: columns.requests[index], bad: columns.bad[index])
        }
    }

    package func encode(to encoder: any Encoder) throws {
        try Columns(
            arm: arm, name: name, moments: points.map(\.moment), requests: points.map(\.requests),
            bad: points.map(\.bad)
        ).encode(to: encoder)
    }
}
