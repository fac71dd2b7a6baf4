package import Transport

/// Requests of a load that are alike: those of the people that a rule is for, say.
package struct RequestKind: Sendable, Hashable {
    package var name: String
    /// How many of the load's requests are of this kind, beside the shares of the other kinds.
    package var share: Int
    /// Is put behind the URL of the load.
    package var path: String
    package var headers: HTTPHeaders
    /// So many users take turns, and each of them keeps the cookies that it is given. None: every request is
    /// somebody new.
    package var users: Int?

    package init(
        _ name: String, share: Int = 1, path: String = "", headers: HTTPHeaders = [:], users: Int? = nil
    ) {
        precondition(share > 0 && users ?? 1 > 0, "\(name): a share or a number of users below 1 is none")
        self.name = name
        self.share = share
        self.path = path
        self.headers = headers
        self.users = users
    }

    package static let any = RequestKind("any")
}

/// Says which kind of request comes next, so that the kinds are mixed evenly and the shares come out exactly.
struct KindRota {
    private let kinds: [RequestKind]
    private var credits: [Int]

    init(_ kinds: [RequestKind]) {
        precondition(!kinds.isEmpty, "a load has at least one kind of request")
        precondition(Set(kinds.map(\.name)).count == kinds.count, "two kinds of request share a name")
        self.kinds = kinds
        credits = kinds.map { _ in 0 }
    }

    mutating func next() -> RequestKind {
        for index in kinds.indices { credits[index] += kinds[index].share }
        let next = credits.indices.reduce(0) { credits[$1] > credits[$0] ? $1 : $0 }
        credits[next] -= kinds.reduce(0) { $0 + $1.share }
        return kinds[next]
    }
}
