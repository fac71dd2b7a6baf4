/// Gathers a response up to a limit and answers when all of it is there.
final class WholeResponse: Receiver {
    let answer = Answer<HTTPResponse>()
    private let place: String
    private let bytesMax: Int
    private let gathered = Locked(HTTPResponse(status: 0))

    init(of request: CheckedRequest) {
        place = request.place
        bytesMax = request.request.responseBytesMax
    }

    func take(_ head: HTTPHead) {
        gathered.withLock {
            $0 = HTTPResponse(status: head.status, headers: head.headers, version: head.version)
        }
    }

    func take(_ bytes: UnsafeRawBufferPointer) -> Appetite {
        gathered.withLock { response in
            guard response.body.count + bytes.count <= bytesMax else { return .refused(tooLarge) }
            response.body.append(contentsOf: bytes)
            return .taken
        }
    }

    func end(_ failure: TransportError?) {
        answer.give(failure.map { .failure($0) } ?? .success(gathered.withLock { $0 }))
    }

    private var tooLarge: TransportError {
        TransportError(
            .tooLarge, at: place, "the body is longer than \(bytesMax) bytes; ask for less or raise the limit"
        )
    }
}
