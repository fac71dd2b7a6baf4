/// Wakes one reader. Rung twice before the reader looks, it rings once.
struct Bell: Sendable {
    let rings: AsyncStream<Void>
    private let ringer: AsyncStream<Void>.Continuation

    init() {
        (rings, ringer) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func ring() { ringer.yield() }

    /// The reader comes to its end.
    func silence() { ringer.finish() }
}
