extension LoadResult {
    /// What became of the requests of one kind.
    package struct Kind: Sendable, Hashable {
        package fileprivate(set) var requests = 0
        /// Without a good answer, whoever's fault it was.
        package fileprivate(set) var failed = 0
        /// Answers by release, good or bad.
        package fileprivate(set) var byRelease: [String: Int] = [:]
        /// How often users were answered by another release than the time before.
        package fileprivate(set) var moves: [Move: Int] = [:]
        /// The users that moved at least once.
        package fileprivate(set) var movedUsers = 0
    }

    /// From one release to another.
    package struct Move: Sendable, Hashable {
        package let from: String
        package let to: String

        package init(from: String, to: String) {
            (self.from, self.to) = (from, to)
        }
    }
}

extension LoadResult.Kind {
    mutating func note(_ reply: LoadResult.Reply, _ move: LoadResult.Move?, by user: inout LoadUser) {
        requests += 1
        if reply.verdict != .good { failed += 1 }
        if case .answered(let release?, _) = reply { byRelease[release, default: 0] += 1 }
        guard let move else { return }
        moves[move, default: 0] += 1
        if !user.hasMoved { movedUsers += 1 }
        user.markMoved()
    }
}
