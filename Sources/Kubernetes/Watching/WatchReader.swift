/// One who reads a watch. A reader who sleeps must not fill the memory: of what waits for it, the oldest goes.
struct WatchReader {
    enum Hearing {
        case complete
        /// Something went that nothing after it makes up for: it must be told all that is there.
        case missed
    }

    static let buffering = AsyncStream<ObjectEvent>.Continuation.BufferingPolicy.bufferingNewest(waitingMax)
    private static let waitingMax = 1_000

    private let events: AsyncStream<ObjectEvent>.Continuation
    /// How many events it was told, and which of them told all that was there for the last time.
    private var told = 0
    private var toldAllAt = 0

    init(_ events: AsyncStream<ObjectEvent>.Continuation) {
        self.events = events
    }

    /// What goes makes room for what comes, and is older by as many as may wait.
    @discardableResult
    mutating func tell(_ event: ObjectEvent) -> Hearing {
        told += 1
        if case .listed = event { toldAllAt = told }
        guard case .dropped = events.yield(event) else { return .complete }
        return toldAllAt > told - Self.waitingMax ? .complete : .missed
    }
}
