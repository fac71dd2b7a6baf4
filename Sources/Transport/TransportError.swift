/// A request that brought no usable response. A response with a bad status is not an error.
///
/// The text says where, what and what to do, and never carries a query, a user or a password.
package struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The request can't be sent as it is; sending it again won't help.
        case invalidRequest
        /// The host's or the proxy's name can't be resolved.
        case resolve
        /// No connection to the host or the proxy.
        case connect
        /// No trust: a wrong certificate on either side, or no common protocol.
        case tls
        case timeout
        /// The task that asked was cancelled.
        case cancelled
        /// The head or the body is longer than the request allows.
        case tooLarge
        /// The connection broke after the request had begun.
        case interrupted
        /// The peer doesn't speak HTTP as agreed.
        case protocolViolation
        /// The client is shut down.
        case shutDown
    }

    package let kind: Kind
    /// `scheme://host:port/path` as far as it is known.
    package let place: String
    package let message: String

    package init(_ kind: Kind, at place: String, _ message: String) {
        self.kind = kind
        self.place = place
        self.message = message
    }

    package var description: String { "\(place): \(message)" }

    static func cancelled(at place: String) -> TransportError {
        TransportError(.cancelled, at: place, "cancelled by the task that asked")
    }

    static func shutDown(at place: String) -> TransportError {
        TransportError(.shutDown, at: place, "the HTTP client is shut down; create another to send more")
    }
}
