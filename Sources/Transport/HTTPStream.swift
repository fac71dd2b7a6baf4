/// A response whose body is still coming.
package struct HTTPStream: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let version: HTTPVersion
    package let body: HTTPBody

    package init(
        status: Int, headers: HTTPHeaders = [:], version: HTTPVersion = .http1_1, body: HTTPBody
    ) {
        self.status = status
        self.headers = headers
        self.version = version
        self.body = body
    }

    package var isSuccess: Bool { (200..<300).contains(status) }
}

/// The pieces of a body, in the sizes in which they came. For one reader, once.
///
/// The exchange ends on the wire when the last copy of the body and its iterators is gone, and when
/// a task is cancelled that waits for a piece.
package struct HTTPBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = TransportError

    package struct Iterator: AsyncIteratorProtocol {
        private let source: any BodySource

        fileprivate init(_ source: any BodySource) {
            self.source = source
        }

        package mutating func next() async throws(TransportError) -> [UInt8]? {
            try await source.next()
        }

        package mutating func next(isolation: isolated (any Actor)?) async throws(TransportError) -> [UInt8]?
        {
            try await source.next()
        }
    }

    private let source: any BodySource

    init(_ source: any BodySource) {
        self.source = source
    }

    /// A body that is written down, for a scripted sender in a test: these pieces, then the end.
    package init(pieces: [[UInt8]], failure: TransportError? = nil) {
        self.init(WrittenBody(pieces, failure))
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(source)
    }

    /// The rest of the body in one piece, as one wants it of an error's text.
    package func collect(bytesMax: Int) async throws(TransportError) -> [UInt8] {
        var all: [UInt8] = []
        while let piece = try await source.next() {
            guard all.count + piece.count <= bytesMax else {
                throw TransportError(
                    .tooLarge, at: source.place,
                    "the body is longer than \(bytesMax) bytes; read it in pieces or raise the limit")
            }
            all += piece
        }
        return all
    }
}

/// Where a body comes from: the wire, or a list that a test wrote.
protocol BodySource: AnyObject, Sendable {
    var place: String { get }
    func next() async throws(TransportError) -> [UInt8]?
}

private final class WrittenBody: BodySource {
    let place = "written body"
    private let left: Locked<ArraySlice<[UInt8]>>
    private let failure: TransportError?

    init(_ pieces: [[UInt8]], _ failure: TransportError?) {
        left = Locked(pieces[...])
        self.failure = failure
    }

    func next() async throws(TransportError) -> [UInt8]? {
        if let piece = left.withLock({ $0.popFirst() }) { return piece }
        if let failure { throw failure }
        return nil
    }
}
