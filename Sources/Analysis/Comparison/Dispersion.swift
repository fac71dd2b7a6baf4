/// How clustered bad events are, measured between the instances of the stable release: retries and bursts make two
/// errors out of one trouble, and a test that takes them for independent takes good releases back.
package struct Dispersion: Hashable, Codable, Sendable {
    /// One for each length of a block: clusters that last minutes don't show in seconds.
    private var scales: [Scale]

    private struct Scale: Hashable, Codable, Sendable {
        var found = 0.0
        var expected = 0.0
        var freedom = 0.0

        /// The ratio of the sums is unbiased for clusters; the mean of ratios is not where events are few.
        var raw: Double { expected > 0 ? found / expected : 1 }

        var value: Double {
            let (value, weight) = Dispersion.prior
            return (expected > 0 ? freedom * raw + weight * value : value * weight) / (freedom + weight)
        }
    }

    /// Before anything was measured: 1.5, held as firmly as by 20 measurements.
    private static let prior = (value: 1.5, weight: 20.0)
    /// Where no two instances can be compared.
    package static let unmeasured = 2.0

    package init(scales count: Int) { scales = Array(repeating: Scale(), count: count) }

    package var scaleCount: Int { scales.count }

    /// One block of time: what each stable instance did in it. A trouble that all of them share does not count: the
    /// block's total is taken as given.
    package mutating func take(_ instances: [ArmCount], scale: Int) {
        let total = instances.reduce(ArmCount(), +)
        guard instances.count > 1, total.bad > 0, total.requests > 0 else { return }
        for instance in instances {
            let share = instance.requests / total.requests
            let surplus = instance.bad - total.bad * share
            scales[scale].found += surplus * surplus
            scales[scale].expected += total.bad * share * (1 - share)
        }
        scales[scale].freedom += Double(instances.count - 1)
    }

    /// φ: how many events there are to a cluster; never less than 1.
    package var value: Double { scales.map(\.value).reduce(1, max) }

    /// As measured, without the prior.
    package var raw: Double { scales.map(\.raw).reduce(1, max) }
}
