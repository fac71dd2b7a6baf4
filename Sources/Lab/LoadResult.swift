package import Transport

/// What became of the requests of a load.
package struct LoadResult: Sendable {
    /// How one request ended.
    package enum Reply: Sendable, Hashable {
        /// By an answer. `release` is what its header `x-release` says; nil is an answer of the mesh itself.
        case answered(release: String?, status: Int)
        /// Without a usable answer.
        case failed(TransportError.Kind)
    }

    /// Whose fault it was.
    package enum Verdict: Sendable, Hashable {
        case good
        /// The release itself said no.
        case failedByRelease
        /// No release was asked, or none could answer: a failure of the way there.
        case failedByShift
    }

    /// The requests that were sent within one tenth of a second.
    package struct Slice: Sendable, Hashable {
        package fileprivate(set) var good = 0
        package fileprivate(set) var failedByRelease = 0
        package fileprivate(set) var failedByShift = 0
        /// Answers by release, good or bad.
        package fileprivate(set) var byRelease: [String: Int] = [:]
    }

    package static let sliceLength = Duration.milliseconds(100)

    package let began: ContinuousClock.Instant
    package private(set) var replies: [Reply: Int] = [:]
    /// From `began` on, each `sliceLength` long.
    package private(set) var slices: [Slice] = []
    /// Requests that were due and not sent because too many waited for an answer: the load was lighter than
    /// asked for.
    package internal(set) var unsent = 0
    /// Requests that were broken off when the load was cancelled. Nobody's failure.
    package internal(set) var brokenOff = 0
    /// By the name of the kind.
    package internal(set) var kinds: [String: Kind] = [:]
    private var latencies: [Duration] = []

    init(began: ContinuousClock.Instant) {
        self.began = began
    }

    package var requests: Int { replies.values.reduce(0, +) }
    package var failedByRelease: Int { count(.failedByRelease) }
    package var failedByShift: Int { count(.failedByShift) }

    /// Answers by release, good or bad.
    package var byRelease: [String: Int] {
        slices.reduce(into: [:]) { sums, slice in sums.merge(slice.byRelease, uniquingKeysWith: +) }
    }

    /// The time within which the given share of the answers came, nil without answers.
    package func latency(quantile: Double) -> Duration? {
        guard !latencies.isEmpty else { return nil }
        return latencies.sorted()[min(latencies.count - 1, Int(Double(latencies.count) * quantile))]
    }

    mutating func note(_ reply: Reply, sent: ContinuousClock.Instant, latency: Duration) {
        replies[reply, default: 0] += 1
        let index = Int((sent - began) / Self.sliceLength)
        while slices.count <= index { slices.append(Slice()) }
        slices[index].note(reply)
        if case .answered = reply { latencies.append(latency) }
    }

    private func count(_ verdict: Verdict) -> Int {
        replies.reduce(0) { $0 + ($1.key.verdict == verdict ? $1.value : 0) }
    }
}

extension LoadResult.Reply {
    package var verdict: LoadResult.Verdict {
        switch self {
        case .answered(_, 200..<400): .good
        case .answered(.some, _): .failedByRelease
        case .answered(nil, _), .failed: .failedByShift
        }
    }
}

extension LoadResult.Slice {
    fileprivate mutating func note(_ reply: LoadResult.Reply) {
        switch reply.verdict {
        case .good: good += 1
        case .failedByRelease: failedByRelease += 1
        case .failedByShift: failedByShift += 1
        }
        if case .answered(let release?, _) = reply { byRelease[release, default: 0] += 1 }
    }
}
