/// How many requests were answered, by what was asked and how it went.
actor RequestCounts {
    struct Key: Hashable, Sendable {
        let method: String
        let endpoint: String
        let status: Int
    }

    private(set) var counts: [Key: UInt64] = [:]

    private static let methods: Set = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    /// Methods can be made up; metrics must not grow with them.
    func count(_ method: String, _ endpoint: String, status: Int) {
        let method = Self.methods.contains(method) ? method : "other"
        counts[Key(method: method, endpoint: endpoint, status: status), default: 0] += 1
    }
}
