/// Carries a body from the loop to one reader, and stops the sender when the reader is slow.
///
/// Back-pressure: the pipe holds about `bufferBytesMax`. When it is full the transfer pauses, libcurl
/// reads no more, the kernel's buffers fill and the peer has to wait. Taking the buffer resumes it.
final class BodyPipe: Receiver {
    static let bufferBytesMax = 64 << 10

    typealias Piece = Result<[UInt8]?, TransportError>

    fileprivate typealias Reader = CheckedContinuation<Piece, Never>

    fileprivate struct State {
        var buffer: [UInt8] = []
        var isPaused = false
        var end: Result<Void, TransportError>?
        var reader: Reader?
    }

    let head = Answer<HTTPHead>()
    private let state = Locked(State())

    func take(_ head: HTTPHead) {
        self.head.give(.success(head))
    }

    func take(_ bytes: UnsafeRawBufferPointer) -> Appetite {
        let (appetite, reader) = state.withLock { $0.take(bytes) }
        reader?.resume(returning: .success(Array(bytes)))
        return appetite
    }

    func end(_ failure: TransportError?) {
        let outcome: Result<Void, TransportError> = failure.map { .failure($0) } ?? .success(())
        let reader = state.withLock { $0.finish(outcome) }
        reader?.resume(returning: outcome.map { nil })
        // Without a failure the head has been given already, and this is ignored.
        if let failure { head.give(.failure(failure)) }
    }

    /// The next piece of the body: all that has come so far. `resume` is called when the transfer had
    /// paused and may go on.
    func next(resume: () -> Void) async -> Piece {
        await withCheckedContinuation { continuation in
            let (piece, resumes) = state.withLock { $0.next(for: continuation) }
            if resumes { resume() }
            if let piece { continuation.resume(returning: piece) }
        }
    }
}

extension BodyPipe.State {
    fileprivate mutating func take(_ bytes: UnsafeRawBufferPointer) -> (Appetite, BodyPipe.Reader?) {
        if let waiting = reader {
            reader = nil
            return (.taken, waiting)
        }
        guard buffer.count < BodyPipe.bufferBytesMax else {
            isPaused = true
            return (.later, nil)
        }
        buffer.append(contentsOf: bytes)
        return (.taken, nil)
    }

    /// What came before the connection broke is still read; what came before a cancellation is not.
    fileprivate mutating func finish(_ outcome: Result<Void, TransportError>) -> BodyPipe.Reader? {
        end = outcome
        isPaused = false
        if case .failure(let failure) = outcome, failure.kind == .cancelled { buffer = [] }
        defer { reader = nil }
        return reader
    }

    /// A piece to return at once, or nil when the reader must wait; and whether the transfer may go on.
    fileprivate mutating func next(for continuation: BodyPipe.Reader) -> (BodyPipe.Piece?, resumes: Bool) {
        if !buffer.isEmpty {
            defer { (buffer, isPaused) = ([], false) }
            return (.success(buffer), isPaused)
        }
        if let end { return (end.map { nil }, false) }
        precondition(reader == nil, "two tasks read one body; a body has one reader")
        reader = continuation
        return (nil, false)
    }
}
