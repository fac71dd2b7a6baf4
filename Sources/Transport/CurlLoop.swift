import CCurl
import CCurlShim

/// The one thread that talks to libcurl: it obeys commands, moves bytes and reports what ended.
///
/// Made and used on its own thread only, so it needs no locks.
final class CurlLoop {
    private let multi: UnsafeMutableRawPointer
    private let inbox: Inbox
    private var transfers: [ObjectIdentifier: CurlTransfer] = [:]
    private var farewells: [Answer<Void>] = []

    fileprivate init(_ multi: UnsafeMutableRawPointer, _ inbox: Inbox) {
        self.multi = multi
        self.inbox = inbox
    }

    /// Starts the thread. It ends when its inbox is told to shut down.
    static func start() -> Inbox {
        _ = globalInitialization
        guard let multi = curl_multi_init() else { preconditionFailure("curl_multi_init found no memory") }
        limit(multi)
        let inbox = Inbox(waking: multi)
        let start = Unmanaged.passRetained(Start(multi: multi, inbox: inbox)).toOpaque()
        let failure = curlshim_start_thread({ Start.run($0) }, start)
        precondition(failure == 0, "no thread for HTTP: errno \(failure); raise the limit on threads")
        return inbox
    }

    fileprivate func run() {
        while farewells.isEmpty {
            // Returns at once when a command has come, and in time for libcurl's own timers.
            check(curl_multi_poll(multi, nil, 0, 60_000, nil))
            inbox.takeAll().forEach(obey)
            var running: Int32 = 0
            check(curl_multi_perform(multi, &running))
            reportEnded()
        }
        shutDown()
    }

    private func obey(_ command: Command) {
        switch command {
        case .start(let order): start(order)
        case .cancel(let order): end(order, .cancelled(at: order.request.place))
        case .resume(let order): transfers[ObjectIdentifier(order)]?.resume()
        case .shutDown(let farewell): farewells.append(farewell)
        }
    }

    private func start(_ order: Order) {
        do {
            let transfer = try CurlTransfer(order)
            check(curl_multi_add_handle(multi, transfer.easy))
            transfers[ObjectIdentifier(order)] = transfer
        } catch {
            order.receiver.end(error)
        }
    }

    /// Ends an exchange before its time; one that is over already stays as it is.
    private func end(_ order: Order, _ failure: TransportError) {
        guard let transfer = transfers.removeValue(forKey: ObjectIdentifier(order)) else { return }
        check(curl_multi_remove_handle(multi, transfer.easy))
        order.receiver.end(failure)
    }

    private func reportEnded() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left)?.pointee {
            guard message.msg == CURLMSG_DONE, let easy = message.easy_handle else { continue }
            let transfer = CurlTransfer.of(easy)
            let failure = transfer.failure(after: message.data.result)
            check(curl_multi_remove_handle(multi, easy))
            transfers[ObjectIdentifier(transfer.order)] = nil
            transfer.order.receiver.end(failure)
        }
    }

    /// The order matters: after `close` nobody wakes the handle any more, so it can be freed.
    private func shutDown() {
        for command in inbox.close() {
            if case .start(let order) = command { order.receiver.end(.shutDown(at: order.request.place)) }
            if case .shutDown(let farewell) = command { farewells.append(farewell) }
        }
        for order in transfers.values.map(\.order) { end(order, .shutDown(at: order.request.place)) }
        check(curl_multi_cleanup(multi))
        farewells.forEach { $0.give(.success(())) }
    }

    /// libcurl keeps four idle connections for each running transfer: none when all is quiet, and with
    /// ten backends asked in turn, every one would be closed before its next use.
    private static func limit(_ multi: UnsafeMutableRawPointer) {
        check(curlshim_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 256))
        check(curlshim_multi_set_long(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX))
    }
}

/// What the new thread is given.
private final class Start {
    let multi: UnsafeMutableRawPointer
    let inbox: Inbox

    init(multi: UnsafeMutableRawPointer, inbox: Inbox) {
        self.multi = multi
        self.inbox = inbox
    }

    static func run(_ pointer: UnsafeMutableRawPointer?) {
        guard let pointer else { preconditionFailure("the thread started with nothing to do") }
        let start = Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue()
        CurlLoop(start.multi, start.inbox).run()
    }
}

/// Once per process, before all else. Thread-safe since libcurl 7.84; `static let` makes it so before.
private let globalInitialization: Void = {
    let code = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    precondition(code == CURLE_OK, "curl_global_init failed with code \(code.rawValue)")
}()

/// An error of the multi interface is an error of ours, or there is no memory left.
private func check(_ code: CURLMcode) {
    precondition(code == CURLM_OK, "libcurl: \(String(cString: curl_multi_strerror(code)))")
}
