/// The one door for outgoing HTTP: libcurl on one thread of its own, asked with `await`.
///
/// Connections are kept and shared between requests whose `ConnectionOptions` are equal. There is no
/// thread per request; libcurl starts one for as long as it looks up a name. Give the client to
/// all who send, and shut it down at the end; a client that is dropped shuts down by itself.
package final class CurlClient: HTTPSender {
    private let inbox: Inbox
    private let proxies: Proxies

    package init(proxies: Proxies = .ofThisProcess) {
        self.proxies = proxies
        inbox = CurlLoop.start()
    }

    deinit {
        inbox.put(.shutDown(Answer()))
    }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let checked = try CheckedRequest(request, isStream: false, proxies: proxies)
        let whole = WholeResponse(of: checked)
        return try await wait(for: whole.answer, of: Order(checked, receiver: whole))
    }

    package func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
        let checked = try CheckedRequest(request, isStream: true, proxies: proxies)
        let pipe = BodyPipe()
        let source = WireBody(Order(checked, receiver: pipe), pipe, inbox)
        let head = try await wait(for: pipe.head, of: source.order)
        return HTTPStream(
            status: head.status, headers: head.headers, version: head.version, body: HTTPBody(source))
    }

    /// Breaks off what is under way, closes all connections and ends the thread. Later requests fail
    /// with the kind `shutDown`.
    package func shutdown() async {
        let farewell = Answer<Void>()
        guard inbox.put(.shutDown(farewell)) else { return }
        _ = await farewell.outcome()
    }

    /// The order is put before the handler is set, so that its cancellation can only come after it.
    private func wait<Value>(
        for answer: Answer<Value>, of order: Order
    ) async throws(TransportError) -> Value {
        let place = order.request.place
        guard !Task.isCancelled else { throw .cancelled(at: place) }
        guard inbox.put(.start(order)) else { throw .shutDown(at: place) }
        return try await withTaskCancellationHandler {
            await answer.outcome()
        } onCancel: {
            inbox.put(.cancel(order))
        }.get()
    }
}

/// The reading end of a streamed body. When it goes, the exchange goes.
private final class WireBody: BodySource {
    let order: Order
    private let pipe: BodyPipe
    private let inbox: Inbox

    init(_ order: Order, _ pipe: BodyPipe, _ inbox: Inbox) {
        self.order = order
        self.pipe = pipe
        self.inbox = inbox
    }

    deinit {
        inbox.put(.cancel(order))
    }

    var place: String { order.request.place }

    func next() async throws(TransportError) -> [UInt8]? {
        try await withTaskCancellationHandler {
            await pipe.next { inbox.put(.resume(order)) }
        } onCancel: {
            inbox.put(.cancel(order))
        }.get()
    }
}
