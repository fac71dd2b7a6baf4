import CCurl

/// Owns one URL, taken apart by libcurl.
struct URLReader: ~Copyable {
    private let handle: OpaquePointer

    init() {
        guard let handle = curl_url() else { preconditionFailure("curl_url found no memory") }
        self.handle = handle
    }

    deinit { curl_url_cleanup(handle) }

    /// Any scheme is read, so that a refusal can name it.
    func set(_ part: CURLUPart, _ text: String, flags: Int32 = 0) throws(TransportError) {
        guard !text.utf8.contains(0) else {
            throw TransportError(.invalidRequest, at: "URL", "it contains a NUL byte; remove it")
        }
        try check(curl_url_set(handle, part, text, UInt32(CURLU_NON_SUPPORT_SCHEME | flags)))
    }

    func part(_ part: CURLUPart) throws(TransportError) -> String {
        var text: UnsafeMutablePointer<CChar>?
        let flags = part == CURLUPART_PORT ? CURLU_DEFAULT_PORT : 0
        try check(curl_url_get(handle, part, &text, UInt32(flags)))
        guard let text else { preconditionFailure("libcurl found a part and gave none") }
        defer { curl_free(text) }
        return String(cString: text)
    }

    /// The text itself stays out of the message: who can't read a URL can't tell the secret in it either.
    private func check(_ code: CURLUcode) throws(TransportError) {
        guard code != CURLUE_OK else { return }
        let reason = String(cString: curl_url_strerror(code))
        throw TransportError(
            .invalidRequest, at: "URL", "it can't be read: \(reason); write http(s)://host:port/path")
    }
}
