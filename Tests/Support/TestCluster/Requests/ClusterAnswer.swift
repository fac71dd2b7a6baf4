package import Transport

/// What the cluster says.
package struct ClusterAnswer: Sendable {
    package var status: Int
    package var body: Body
    /// Each becomes a `Warning` header.
    package var warnings: [String] = []
    package var retryAfter: Int?

    package enum Body: Sendable {
        case json(JSON)
        case text(String)
        /// A stream of events.
        case watch(WatchTerms)
    }

    init(_ status: Int, _ body: Body) {
        self.status = status
        self.body = body
    }

    init(_ object: JSON, status: Int = 200) {
        self.init(status, .json(object))
    }

    package var json: JSON? {
        if case .json(let json) = body { json } else { nil }
    }
}

/// Which events a watch delivers, and from when on.
package struct WatchTerms: Sendable {
    let target: Target
    let selection: Selection
    /// None: what is there comes first, as `ADDED`.
    let start: Int?
    let sendsBookmarks: Bool
    /// A bookmark says when all that was there has been delivered.
    let marksInitialEnd: Bool
    let timeoutSeconds: Int?
}
