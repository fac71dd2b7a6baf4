/// How far it is proved that a route holds.
package enum ProofLevel: String, Hashable, Sendable, CaseIterable, Comparable {
    /// The interface keeps it.
    case stored
    /// It was read back, and nobody had changed it on the way.
    case accepted
    /// The data plane said that it has it.
    case acked
    /// Requests were counted that went where they should.
    case observed

    package static func < (left: ProofLevel, right: ProofLevel) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What was found out about a route, level by level, and why it stops where it stops.
package struct Proof: Hashable, Sendable {
    package private(set) var level: ProofLevel
    private var words: [String]

    /// The first level: `stored at resourceVersion 4711`.
    package init(stored words: String) {
        level = .stored
        self.words = ["stored \(words)"]
    }

    /// What proves a level at once: `Envoy at … shows version 12.f00d`.
    package init(_ level: ProofLevel, _ words: String) {
        self.level = level
        self.words = [words]
    }

    /// The next level, and by what: `acked by 12 of 12 proxies`.
    package mutating func reach(_ level: ProofLevel, _ reason: String = "") {
        self.level = max(self.level, level)
        words.append(reason.isEmpty ? level.rawValue : "\(level.rawValue) \(reason)")
    }

    /// Why a level was not reached that was wanted; or anything else that people should know.
    package mutating func note(_ remark: String) {
        words.append(remark)
    }
}

extension Proof: CustomStringConvertible {
    /// `stored at resourceVersion 4711; accepted; acked by 12 of 12 proxies`
    package var description: String { words.joined(separator: "; ") }
}
