/// Whatever can carry HTTP requests: `CurlClient` in production, a script in a test.
package protocol HTTPSender: Sendable {
    /// Sends a request and waits for the whole response, whatever its status.
    ///
    /// Cancelling the task ends the exchange on the wire too. A cancelled or timed out request may
    /// still have been carried out by the server.
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse

    /// Sends a request and waits for the head of the response; its body follows piece by piece.
    ///
    /// Each stream has a connection of its own, so that a slow reader holds up nobody else.
    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream
}
