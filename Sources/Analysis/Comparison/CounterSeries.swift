/// One counter of one instance, as it was scraped.
package struct CounterSeries: Hashable, Sendable {
    package enum Role: Hashable, Sendable {
        case requests
        case bad
        /// How many took no longer than so much.
        case bucket(Double)
    }

    package struct Reading: Hashable, Sendable {
        package let moment: Moment
        package let value: Double

        package init(_ moment: Moment, _ value: Double) {
            self.moment = moment
            self.value = value
        }
    }

    package let instance: String
    package let isCanary: Bool
    package let role: Role
    /// The oldest first.
    package let readings: [Reading]

    package init(instance: String, isCanary: Bool, role: Role, readings: [Reading]) {
        self.instance = instance
        self.isCanary = isCanary
        self.role = role
        self.readings = readings
    }

    /// What it grew by at each reading. A counter that fell began anew. Its first reading counts from zero where its
    /// instance was there before, as with the first error of an instance's life; else nobody knows what came before.
    fileprivate func growth(bornBy birth: Moment) -> [(moment: Moment, growth: Double)] {
        var growth: [(moment: Moment, growth: Double)] = []
        var last: Double? = readings.first.map { $0.moment > birth } == true ? 0 : nil
        for reading in readings where reading.value.isFinite {
            if let last {
                growth.append((reading.moment, reading.value >= last ? reading.value - last : reading.value))
            }
            last = reading.value
        }
        return growth
    }
}

/// What both arms' instances did from scrape to scrape.
package struct CounterReading: Hashable, Sendable {
    package struct Instance: Hashable, Sendable {
        package let name: String
        package let isCanary: Bool
        /// The first scrape that was read.
        package let firstSeen: Moment
        package let lastSeen: Moment
        /// In their order.
        package let points: [Point]

        package init(name: String, isCanary: Bool, firstSeen: Moment, points: [Point]) {
            self.name = name
            self.isCanary = isCanary
            self.firstSeen = firstSeen
            self.points = points
            lastSeen = points.last?.moment ?? firstSeen
        }
    }

    /// One scrape: what was done since the one before.
    package struct Point: Hashable, Sendable {
        package let moment: Moment
        package var requests: Double
        /// One for errors, one for each boundary of a histogram.
        package var bad: [Double]

        package init(moment: Moment, requests: Double, bad: [Double]) {
            self.moment = moment
            self.requests = requests
            self.bad = bad
        }
    }

    /// What is younger was not read.
    package let until: Moment
    /// The boundaries of a histogram in seconds, rising; empty for anything else.
    package let boundaries: [Double]
    package let instances: [Instance]

    package init(_ series: [CounterSeries], until: Moment) {
        self.until = until
        let boundaries = Set(series.compactMap(\.boundary)).sorted().filter(\.isFinite)
        self.boundaries = boundaries
        instances = Dictionary(grouping: series) { Key(name: $0.instance, isCanary: $0.isCanary) }
            .compactMap { Instance($0, $1, boundaries, until) }
            .sorted { ($0.isCanary ? 0 : 1, $0.name) < ($1.isCanary ? 0 : 1, $1.name) }
    }

    package init(until: Moment, boundaries: [Double] = [], instances: [Instance]) {
        self.until = until
        self.boundaries = boundaries
        self.instances = instances
    }

    fileprivate struct Key: Hashable {
        let name: String
        let isCanary: Bool
    }
}

extension CounterSeries {
    fileprivate var boundary: Double? {
        if case .bucket(let boundary) = role { boundary } else { nil }
    }
}

extension CounterReading.Instance {
    fileprivate init?(
        _ key: CounterReading.Key, _ series: [CounterSeries], _ boundaries: [Double], _ until: Moment
    ) {
        let moments = Set(series.flatMap { $0.readings.map(\.moment) }).filter { $0 <= until }.sorted()
        guard let first = moments.first, let last = moments.last else { return nil }
        let places = Dictionary(uniqueKeysWithValues: zip(moments, moments.indices))
        var points = moments.map { moment in
            CounterReading.Point(
                moment: moment, requests: 0, bad: Array(repeating: 0, count: max(1, boundaries.count)))
        }
        for one in series {
            for (moment, growth) in one.growth(bornBy: first) {
                guard let place = places[moment] else { continue }
                points[place].add(growth, one.role, boundaries)
            }
        }
        if series.allSatisfy({ $0.role == .bad }) { points.countTime() }
        (name, isCanary, firstSeen, lastSeen) = (key.name, key.isCanary, first, last)
        // What was done before the first scrape is nobody's to say.
        self.points = Array(points.dropFirst())
    }
}

extension CounterReading.Point {
    /// Buckets count what was fast; what was slower than a boundary is all less that.
    fileprivate mutating func add(_ growth: Double, _ role: CounterSeries.Role, _ boundaries: [Double]) {
        switch role {
        case .requests: requests += growth
        case .bad: bad[0] += growth
        case .bucket(let boundary) where boundary.isFinite:
            guard let index = boundaries.firstIndex(of: boundary) else { return }
            bad[index] -= growth
        case .bucket:
            requests += growth
            for index in boundaries.indices { bad[index] += growth }
        }
    }
}

extension [CounterReading.Point] {
    /// Events that are no share of anything are counted for each second that an instance has lived.
    fileprivate mutating func countTime() {
        for index in indices.dropFirst() {
            self[index].requests = (self[index].moment - self[index - 1].moment) / .seconds(1)
        }
    }
}
