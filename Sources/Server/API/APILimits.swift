/// How much one request may take.
package struct APILimits: Sendable {
    /// The largest body of a command.
    package var bodyBytesMax: Int
    /// For the whole body to arrive.
    package var bodyDeadline: Duration
    /// For the answer to be ready.
    package var answerDeadline: Duration
    /// How long a connection may say nothing.
    package var idleTimeout: Duration
    /// For the requests under way to end when the server stops.
    package var stopDeadline: Duration

    package init(
        bodyBytesMax: Int = 16 * 1024, bodyDeadline: Duration = .seconds(10),
        answerDeadline: Duration = .seconds(20), idleTimeout: Duration = .seconds(60),
        stopDeadline: Duration = .seconds(5)
    ) {
        self.bodyBytesMax = bodyBytesMax
        self.bodyDeadline = bodyDeadline
        self.answerDeadline = answerDeadline
        self.idleTimeout = idleTimeout
        self.stopDeadline = stopDeadline
    }
}
