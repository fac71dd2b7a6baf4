import Foundation

/// How fast a client asks: so many requests a second, so many at once, and none while the server wants to be left
/// alone. Taking traffic back passes by.
package struct PaceLimits: Hashable, Sendable {
    package var perSecond: Double
    package var burst: Double
    package var atOnce: Int

    package init(perSecond: Double = 50, burst: Double = 100, atOnce: Int = 16) {
        self.perSecond = perSecond
        self.burst = burst
        self.atOnce = atOnce
    }
}

/// A bucket that fills with time: pure, the caller has the clock.
struct Bucket {
    private let limits: PaceLimits
    private var tokens: Double
    private var filledAt: Duration = .zero
    private var closedUntil: Duration = .zero
    private(set) var running = 0

    init(_ limits: PaceLimits) {
        self.limits = limits
        tokens = limits.burst
    }

    /// None: go. Else how long to wait before asking again.
    mutating func take(at now: Duration) -> Duration? {
        fill(at: now)
        if now < closedUntil { return closedUntil - now }
        if running >= limits.atOnce { return .milliseconds(2) }
        guard tokens >= 1 else { return .seconds((1 - tokens) / limits.perSecond) }
        tokens -= 1
        running += 1
        return nil
    }

    mutating func giveBack() { running -= 1 }

    /// The server wants to be left alone until then.
    mutating func close(for time: Duration, at now: Duration) {
        closedUntil = max(closedUntil, now + time)
    }

    private mutating func fill(at now: Duration) {
        let passed = (now - filledAt) / .seconds(1)
        tokens = min(limits.burst, tokens + passed * limits.perSecond)
        filledAt = now
    }
}

/// The bucket of one client.
actor Pace {
    private var bucket: Bucket
    private let start = ContinuousClock.now

    init(_ limits: PaceLimits) {
        bucket = Bucket(limits)
    }

    /// Waits for its turn.
    func enter() async throws(CancellationError) {
        while let wait = bucket.take(at: now) {
            do {
                try await Task.sleep(for: max(wait, .milliseconds(1)))
            } catch {
                throw CancellationError()
            }
        }
    }

    func leave() { bucket.giveBack() }

    func close(for time: Duration) { bucket.close(for: time, at: now) }

    private var now: Duration { ContinuousClock.now - start }
}
