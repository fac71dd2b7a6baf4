/// What a request must look like: everything that is asked here holds (AND). Several of these stand side by side
/// where one is enough (OR).
package struct RequestMatch: Hashable, Codable, Sendable {
    package var headers: [FieldMatch]
    package var cookies: [FieldMatch]
    package var query: [FieldMatch]
    package var path: TextMatch?
    package var method: TextMatch?
    /// The host that was asked for, without a port.
    package var host: TextMatch?

    package init(
        headers: [FieldMatch] = [], cookies: [FieldMatch] = [], query: [FieldMatch] = [],
        path: TextMatch? = nil, method: TextMatch? = nil, host: TextMatch? = nil
    ) {
        self.headers = headers
        self.cookies = cookies
        self.query = query
        self.path = path
        self.method = method
        self.host = host
    }
}

/// A named part of a request (a header, a cookie, a query parameter) and what its value must be.
package struct FieldMatch: Hashable, Codable, Sendable {
    package let name: String
    package let value: TextMatch

    package init(name: String, value: TextMatch) {
        self.name = name
        self.value = value
    }
}

package enum TextMatch: Hashable, Codable, Sendable {
    case exact(String)
    case prefix(String)
    /// RE2, over the whole value.
    case regex(String)
}
