package enum HTTPMethod: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"

    /// Whether the method announces a body even when there is none, as an empty PUT does.
    var alwaysHasBody: Bool { self == .post || self == .put || self == .patch }

    var mayHaveBody: Bool { alwaysHasBody || self == .delete }
}

/// One request and the limits its answer must keep.
package struct HTTPRequest: Sendable {
    package var method: HTTPMethod
    /// An absolute `http` or `https` URL. A user and password in it become basic authentication.
    package var url: String
    package var headers: HTTPHeaders
    package var body: [UInt8]?
    /// The time for everything, from looking up the name to the last byte of the body.
    /// For a stream: to the end of the response's head.
    package var timeout: Duration
    /// The longest time in which not one byte comes, in whole seconds; meant for streams.
    package var silenceMax: Duration?
    /// A longer body is an error of the kind `tooLarge`. A stream has no such limit.
    package var responseBytesMax: Int
    /// How to connect. Requests share a connection only when these are equal.
    package var connection: ConnectionOptions
    /// Whether a connection that is already open will do.
    ///
    /// A peer that has hung takes an HTTP/2 connection with it, and the next request would join the
    /// same one: after a timeout, ask again with `false`.
    package var reusesConnection: Bool
    /// Keeps the path out of error messages, for URLs whose path is a secret, as chat webhooks have.
    package var concealsPath: Bool

    package init(
        _ method: HTTPMethod,
        _ url: String,
        headers: HTTPHeaders = [:],
        body: [UInt8]? = nil,
        timeout: Duration = .seconds(30),
        silenceMax: Duration? = nil,
        responseBytesMax: Int = 16 << 20,
        connection: ConnectionOptions = ConnectionOptions(),
        reusesConnection: Bool = true,
        concealsPath: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.silenceMax = silenceMax
        self.responseBytesMax = responseBytesMax
        self.connection = connection
        self.reusesConnection = reusesConnection
        self.concealsPath = concealsPath
    }
}
