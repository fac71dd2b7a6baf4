import CCurl
import CCurlShim

/// Sets the options of one handle and says which one was refused.
struct CurlOptions {
    private let easy: UnsafeMutableRawPointer
    private let place: String

    init(_ easy: UnsafeMutableRawPointer, at place: String) {
        self.easy = easy
        self.place = place
    }

    func set(_ option: CURLoption, _ value: Int) throws(TransportError) {
        try check(curlshim_set_long(easy, option, value))
    }

    func set(_ option: CURLoption, _ value: Bool) throws(TransportError) {
        try set(option, value ? 1 : 0)
    }

    /// nil is libcurl's "none", which for some options differs from never having set it.
    func set(_ option: CURLoption, _ value: String?) throws(TransportError) {
        try check(curlshim_set_string(easy, option, value))
    }

    func set(_ option: CURLoption, _ list: UnsafeMutablePointer<curl_slist>?) throws(TransportError) {
        try check(curlshim_set_list(easy, option, list))
    }

    func set(_ pem: ConnectionOptions.PEM, file: CURLoption, text: CURLoption) throws(TransportError) {
        switch pem {
        case .file(let path): try set(file, path)
        case .text(let value):
            let bytes = Array(value.utf8)
            try check(curlshim_set_blob(easy, text, bytes, bytes.count))
        }
    }

    /// For an empty body libcurl still wants an address, which an empty array need not have.
    func setBody(_ body: [UInt8]) throws(TransportError) {
        try check(curlshim_set_body(easy, body.isEmpty ? [0] : body, body.count))
    }

    func check(_ code: CURLcode) throws(TransportError) {
        guard code != CURLE_OK else { return }
        let reason = String(cString: curl_easy_strerror(code))
        throw TransportError(
            .invalidRequest, at: place, "libcurl refuses an option: \(reason); is it older than 7.85?")
    }
}
