import Transport

/// Somebody who keeps cookies, and remembers which release answered.
struct LoadUser {
    private var cookies: [String: String] = [:]
    private(set) var release: String?
    private(set) var hasMoved = false

    /// The request of a kind, as this user sends it.
    func headers(of kind: RequestKind) -> HTTPHeaders {
        var headers = kind.headers
        let own = cookies.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
        let all = [headers["cookie"]].compactMap(\.self) + own
        if !all.isEmpty { headers["cookie"] = all.joined(separator: "; ") }
        return headers
    }

    /// Keeps what comes with an answer, and returns where the user was before if that was another release.
    mutating func take(_ headers: HTTPHeaders, from release: String?) -> LoadResult.Move? {
        for cookie in headers.values("set-cookie") { keep(cookie) }
        guard let release else { return nil }
        let before = self.release
        self.release = release
        guard let before, before != release else { return nil }
        return LoadResult.Move(from: before, to: release)
    }

    mutating func markMoved() {
        hasMoved = true
    }

    private mutating func keep(_ cookie: String) {
        let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
        if pair.count == 2 { cookies[String(pair[0])] = String(pair[1]) }
    }
}

/// The users of one kind of request. Who waits for an answer asks for nothing else meanwhile.
struct LoadUsers {
    private let size: Int
    private var known = 0
    private var idle: [LoadUser] = []

    init(_ size: Int) {
        self.size = size
    }

    /// Somebody new until there are enough, then whoever waits longest; and somebody new where nobody is free.
    mutating func take() -> LoadUser {
        guard known >= size, !idle.isEmpty else {
            known += 1
            return LoadUser()
        }
        return idle.removeFirst()
    }

    mutating func giveBack(_ user: LoadUser) {
        idle.append(user)
    }
}
