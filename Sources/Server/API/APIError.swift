import HTTPTypes
import Hummingbird

/// A refusal or a failure on its way to the caller: `{"error": {"kind": …, "message": …}}`.
struct APIError: Error, Sendable {
    let status: HTTPResponse.Status
    /// For programs. One word, never changed once it is out.
    let kind: String
    let message: String
    var headers: HTTPFields = [:]
    /// Whether what is left of the request is not worth reading.
    var closes = false

    init(_ status: HTTPResponse.Status, _ kind: String, _ message: String) {
        self.status = status
        self.kind = kind
        self.message = message
    }

    func with(_ name: HTTPField.Name, _ value: String) -> APIError {
        var error = self
        error.headers[name] = value
        return error
    }
}

// MARK: - Those that concern the request itself

extension APIError {
    static func malformed(_ why: String) -> APIError { APIError(.badRequest, "malformed", why) }

    static func noSuchPath(_ path: String) -> APIError {
        APIError(.notFound, "unknownPath", "there is nothing at \(path.prefix(200))")
    }

    static func method(_ method: HTTPRequest.Method, allowed: [HTTPRequest.Method]) -> APIError {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        return APIError(
            .methodNotAllowed, "method",
            "\(method.rawValue.prefix(32)) is not for this path; it takes \(names)"
        )
        .with(.allow, names)
    }

    static func tooLarge(limit: Int) -> APIError {
        var error = APIError(.contentTooLarge, "tooLarge", "the body is larger than \(limit) bytes")
        error.closes = true
        return error
    }

    static let contentType = APIError(
        .unsupportedMediaType, "contentType", "send JSON, as `Content-Type: application/json`")

    static let slowRequest: APIError = {
        var error = APIError(.requestTimeout, "timeout", "the body did not arrive in time; send it again")
        error.closes = true
        return error
    }()

    static let slowAnswer = APIError(
        .gatewayTimeout, "timeout",
        "no answer in time; what was wished may still happen: look at the status before you try again")

    static func unauthorised(_ why: String) -> APIError {
        APIError(.unauthorized, "unauthorized", why).with(.wwwAuthenticate, "Bearer realm=\"headgate\"")
    }

    static func forbidden(_ caller: Caller, needs role: Role) -> APIError {
        APIError(
            .forbidden, "forbidden",
            "\(caller.who) is \(caller.role.rawValue); this needs the role \(role.rawValue)")
    }

    static func notReady(_ obstacle: String) -> APIError {
        APIError(.serviceUnavailable, "notReady", obstacle).with(.retryAfter, "1")
    }
}
