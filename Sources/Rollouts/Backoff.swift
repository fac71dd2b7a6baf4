/// How long to wait before the next try of something that failed.
///
/// The jitter is data: it is worked out from the rollout's name and the count of failures, so that a thousand
/// rollouts do not come back at once after an outage, and a replay waits exactly as long as the first run did.
package struct Backoff: Hashable, Sendable {
    let base: Duration
    let ceiling: Duration

    package static let ordinary = Backoff(base: .milliseconds(250), ceiling: .seconds(30))
    /// Taking traffic back is tried again sooner and never given up.
    package static let rollback = Backoff(base: .milliseconds(50), ceiling: .seconds(2))

    package init(base: Duration, ceiling: Duration) {
        self.base = base
        self.ceiling = ceiling
    }

    /// Between half of the doubled wait and all of it.
    package func delay(failures: Int, seed: String) -> Duration {
        let doubled = min(base * (1 << min(max(failures - 1, 0), 20)), ceiling)
        let part = Int(stableHash(seed, failures) % 1_000)
        return doubled / 2 + doubled * part / 2_000
    }

    /// FNV-1a. The hash of the standard library is seeded anew in every process.
    private func stableHash(_ seed: String, _ number: Int) -> UInt64 {
        (seed + "#\(number)").utf8.reduce(0xcbf2_9ce4_8422_2325) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
    }
}
