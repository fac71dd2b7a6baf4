/// What both arms did from one look to the next.
package struct Increment: Hashable, Sendable {
    package var canary: ArmCount
    package var stable: ArmCount

    package init(canary: ArmCount, stable: ArmCount) {
        self.canary = canary
        self.stable = stable
    }

    /// The arms in each other's place: a metric of which less is worse asks whether the stable arm has more.
    var swapped: Increment { Increment(canary: stable, stable: canary) }

    var isEmpty: Bool { canary.requests == 0 && stable.requests == 0 }
}

/// How many requests an arm served, and how many of them were bad. For counts over time the requests are
/// instance-seconds.
package struct ArmCount: Hashable, Codable, Sendable {
    package var requests: Double
    package var bad: Double

    package init(requests: Double = 0, bad: Double = 0) {
        self.requests = requests
        self.bad = bad
    }

    package static func + (left: ArmCount, right: ArmCount) -> ArmCount {
        ArmCount(requests: left.requests + right.requests, bad: left.bad + right.bad)
    }

    package static func += (left: inout ArmCount, right: ArmCount) { left = left + right }

    /// None where nothing was served.
    package var rate: Double? { requests > 0 ? bad / requests : nil }
}
