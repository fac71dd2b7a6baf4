package enum HTTPVersion: String, Sendable, Hashable {
    case http1_0 = "HTTP/1.0"
    case http1_1 = "HTTP/1.1"
    case http2 = "HTTP/2"
}

/// What comes before the body.
struct HTTPHead: Sendable, Hashable {
    var status: Int
    var version: HTTPVersion
    var headers: HTTPHeaders
}

/// A whole response. Every status arrives here, 500 too; redirects are not followed.
package struct HTTPResponse: Sendable, Hashable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8]
    package var version: HTTPVersion

    /// Public to the package so that a scripted sender in a test can answer.
    package init(
        status: Int, headers: HTTPHeaders = [:], body: [UInt8] = [], version: HTTPVersion = .http1_1
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.version = version
    }

    package var isSuccess: Bool { (200..<300).contains(status) }
}
