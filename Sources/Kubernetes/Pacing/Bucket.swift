/// How fast a client asks: so many requests a second, and so many at once. Taking traffic back passes by.
package struct PaceLimits: Hashable, Sendable {
    package var perSecond: Double
    package var burst: Double
    package var atOnce: Int

    package init(perSecond: Double = 50, burst: Double = 100, atOnce: Int = 16) {
        precondition(perSecond > 0 && burst >= 1 && atOnce >= 1, "no request could ever be sent")
        self.perSecond = perSecond
        self.burst = burst
        self.atOnce = atOnce
    }
}

/// A bucket that fills with time: pure, the caller has the clock.
struct Bucket {
    enum Turn: Hashable {
        case go
        /// Ask again then: the bucket is empty, or the server wants to be left alone.
        case after(Duration)
        /// So many run already.
        case whenOneEnds
    }

    private let limits: PaceLimits
    private var tokens: Double
    private var filledAt: Duration = .zero
    private var closedUntil: Duration = .zero
    private(set) var running = 0

    init(_ limits: PaceLimits) {
        self.limits = limits
        tokens = limits.burst
    }

    mutating func take(at now: Duration) -> Turn {
        fill(at: now)
        if now < closedUntil { return .after(closedUntil - now) }
        if running >= limits.atOnce { return .whenOneEnds }
        guard tokens >= 1 else { return .after(.seconds((1 - tokens) / limits.perSecond)) }
        tokens -= 1
        running += 1
        return .go
    }

    mutating func giveBack() { running -= 1 }

    /// The server wants to be left alone for so long.
    mutating func close(for time: Duration, at now: Duration) {
        closedUntil = max(closedUntil, now + time)
    }

    private mutating func fill(at now: Duration) {
        let passed = max(.zero, now - filledAt) / .seconds(1)
        tokens = min(limits.burst, tokens + passed * limits.perSecond)
        filledAt = now
    }
}
