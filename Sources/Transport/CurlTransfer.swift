import CCurl
import CCurlShim

/// One exchange on the wire: libcurl's handle, and the callbacks through which the response comes.
///
/// Lives on the loop's thread. libcurl holds an unretained pointer to it; that is safe because the loop
/// keeps the transfer until it has taken the handle out, and no callback comes after that.
final class CurlTransfer {
    let order: Order
    let easy: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private var headReader = HeadReader()
    private var hasHead = false
    /// Why we broke the exchange off ourselves; libcurl then only reports that we did.
    private var ownFailure: TransportError?

    init(_ order: Order) throws(TransportError) {
        guard let easy = curl_easy_init() else { preconditionFailure("curl_easy_init found no memory") }
        self.order = order
        self.easy = easy
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try listen()
        try configure(order.request, CurlOptions(easy, at: order.request.place))
    }

    deinit {
        curl_easy_cleanup(easy)
        lists.forEach { curl_slist_free_all($0) }
        errorText.deallocate()
    }

    /// Finds the transfer again that set itself as its handle's private value.
    static func of(_ easy: UnsafeMutableRawPointer) -> CurlTransfer {
        var pointer: UnsafeMutableRawPointer?
        guard curlshim_get_private(easy, &pointer) == CURLE_OK else {
            preconditionFailure("a handle without its transfer")
        }
        return at(pointer)
    }

    /// Lets the bytes come again that the receiver wanted later.
    func resume() {
        curl_easy_pause(easy, CURLPAUSE_CONT)
    }

    /// What to report when libcurl is done; nil when the response came whole.
    func failure(after code: CURLcode) -> TransportError? {
        if let ownFailure { return ownFailure }
        guard code != CURLE_OK else { return hasHead ? nil : violation("ended without a response") }
        return TransportError(code, detail: String(cString: errorText), CurlStage(of: easy), at: place)
    }

    /// Keeps a list for as long as libcurl reads it.
    func list(_ lines: [String]) -> UnsafeMutablePointer<curl_slist>? {
        let list = lines.reduce(nil) { list, line in curl_slist_append(list, line) }
        if let list { lists.append(list) }
        return list
    }

    private var place: String { order.request.place }

    private func violation(_ what: String) -> TransportError {
        TransportError(.protocolViolation, at: place, "the peer \(what); check that it speaks HTTP there")
    }
}

extension CurlTransfer {
    private static func at(_ pointer: UnsafeMutableRawPointer?) -> CurlTransfer {
        guard let pointer else { preconditionFailure("a callback without its transfer") }
        return Unmanaged.fromOpaque(pointer).takeUnretainedValue()
    }

    private func listen() throws(TransportError) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        let options = CurlOptions(easy, at: place)
        try options.check(curlshim_set_private(easy, me))
        try options.check(curlshim_set_error_text(easy, errorText))
        // The size, $1, is always one.
        let line: curlshim_receive = { CurlTransfer.at($3).takeLine(.init(start: $0, count: $2)) }
        let body: curlshim_receive = { CurlTransfer.at($3).takeBody(.init(start: $0, count: $2)) }
        try options.check(curlshim_set_receiver(easy, CURLOPT_HEADERFUNCTION, CURLOPT_HEADERDATA, line, me))
        try options.check(curlshim_set_receiver(easy, CURLOPT_WRITEFUNCTION, CURLOPT_WRITEDATA, body, me))
    }

    private func takeLine(_ line: UnsafeRawBufferPointer) -> Int {
        switch headReader.take(line) {
        case .nothing: return line.count
        case .head(let head): return begin(head) ? line.count : 0
        case .malformed: return breakOff(violation("sent a head that can't be read"))
        case .tooLarge:
            return breakOff(
                TransportError(.tooLarge, at: place, "the head is longer than \(HeadReader.bytesMax) bytes"))
        }
    }

    private func begin(_ head: HTTPHead) -> Bool {
        hasHead = true
        // A stream may last as long as it likes once it has begun.
        if order.request.isStream { curlshim_set_long(easy, CURLOPT_TIMEOUT_MS, 0) }
        order.receiver.take(head)
        return true
    }

    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        switch order.receiver.take(bytes) {
        case .taken: return bytes.count
        case .later: return Int(CURL_WRITEFUNC_PAUSE)
        case .refused(let failure): return breakOff(failure)
        }
    }

    /// libcurl fails the transfer when fewer bytes are taken than were offered. It offers at least one.
    private func breakOff(_ failure: TransportError) -> Int {
        ownFailure = failure
        return 0
    }
}
