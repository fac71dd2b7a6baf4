/// What a token's bearer may do. Each may do what the ones before may.
package enum Role: String, Hashable, Codable, Sendable, CaseIterable, Comparable {
    /// Looks.
    case viewer
    /// Commands rollouts.
    case `operator`
    /// Makes and revokes tokens.
    case admin

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .operator: 1
        case .admin: 2
        }
    }

    package static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }
}
