/// How long a watch that broke waits before it is taken up again. The jitter is worked out from the query, so that
/// a hundred watches do not come back at once.
struct WatchBackoff {
    private(set) var failures = 0
    private let seed: UInt64

    static let longest = Duration.seconds(30)

    init(_ query: ObjectQuery) {
        let parts = [query.kind.apiVersion, query.kind.plural, query.namespace, query.labels, query.fields]
        let text = parts.map { $0 ?? "" }.joined(separator: "/")
        seed = text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    mutating func succeed() { failures = 0 }

    /// Between half of the doubled wait and all of it; and never less than what the server asked for.
    mutating func next(after error: KubernetesError? = nil) -> Duration {
        failures += 1
        let doubled = min(Duration.milliseconds(200) * (1 << min(failures - 1, 10)), Self.longest)
        let part = Int((seed &+ UInt64(failures) &* 0x9e37_79b9_7f4a_7c15) >> 32 % 1_000)
        let wait = doubled / 2 + doubled * part / 2_000
        if case .unavailable(let asked?) = error?.kind { return max(wait, asked) }
        return wait
    }
}
