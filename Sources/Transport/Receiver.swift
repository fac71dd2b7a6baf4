/// Takes in one response, on the loop's thread; no method may block.
protocol Receiver: AnyObject, Sendable {
    /// Comes once, before the body.
    func take(_ head: HTTPHead)
    func take(_ bytes: UnsafeRawBufferPointer) -> Appetite
    /// Comes exactly once and last; nil is a response that came whole.
    func end(_ failure: TransportError?)
}

/// What became of the bytes that a receiver was offered.
enum Appetite {
    case taken
    /// Not now: offer the same bytes again when told to resume. Meanwhile nothing is read.
    case later
    /// Never: the exchange fails.
    case refused(TransportError)
}

/// A request on its way to the loop, and who takes in its response. Its identity names the exchange.
final class Order: Sendable {
    let request: CheckedRequest
    let receiver: any Receiver

    init(_ request: CheckedRequest, receiver: any Receiver) {
        self.request = request
        self.receiver = receiver
    }
}
