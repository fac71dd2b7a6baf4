import Rollouts
import Transport

/// Shares as Consul counts them: whole hundredths of a percent, which must make up the whole.
struct SubsetShares: Hashable, Sendable {
    /// By subset; every backend has a number.
    let units: [String: Int]

    /// What a hundredth can't hold goes to the stable release's subset. Throws where nothing would be left of a
    /// share: Consul would store it as none, and say nothing.
    init(_ route: Route, _ backends: Backends, refuge: Place) throws(RouteFailure) {
        var units: [String: Int] = [:]
        for (place, name) in zip(backends.places, backends.names) {
            let share = route.weight(of: place)
            let unit = Int(share.millionths) / 100
            guard unit > 0 || share == .none else {
                throw declined(
                    "\(share) for \(name) is less than 0.01%, which is the least that Consul can give")
            }
            units[name] = unit
        }
        if let stranger = route.shares.keys.sorted().first(where: { backends.name(of: $0).isEmpty }) {
            throw declined(
                "the route leads to place \(stranger.rawValue), and there are only the subsets "
                    + "\(backends.names.joined(separator: ", ")); declare one more")
        }
        units[backends.name(of: refuge), default: 0] += 10_000 - units.values.reduce(0, +)
        self.units = units
    }
}

/// Weights in Consul's documents: `99.99`.
enum Hundredths {
    /// Of a weight that was read; none is 0.
    static func units(of weight: JSON?) -> Int {
        Int(((weight?.number ?? 0) * 100).rounded())
    }

    /// Whole percents are whole numbers.
    static func weight(_ units: Int) -> JSON {
        units.isMultiple(of: 100) ? JSON(units / 100) : .number(Double(units) / 100)
    }

    static func text(_ units: Int) -> String {
        Weight(hundredthsOfPercent: units).map { "\($0)" } ?? "\(Double(units) / 100)%"
    }
}
