import CCurl
import CCurlShim

extension CurlTransfer {
    /// Sets every option of a request. Each group stands alone; their order doesn't matter.
    func configure(_ checked: CheckedRequest, _ options: CurlOptions) throws(TransportError) {
        try setSafety(options)
        try setTarget(checked, options)
        try setSharing(checked, options)
        try setMessage(checked, options)
        try setLimits(checked.request, options)
        try setTrust(checked.request.connection, options)
    }

    private func setSafety(_ options: CurlOptions) throws(TransportError) {
        try options.set(CURLOPT_NOSIGNAL, true)
        try options.set(CURLOPT_PROTOCOLS_STR, "http,https")
        try options.set(CURLOPT_FOLLOWLOCATION, false)
        // Or cancelling during a slow look-up would hold up the whole loop until the resolver gives up.
        try options.set(CURLOPT_QUICK_EXIT, true)
    }

    private func setTarget(_ checked: CheckedRequest, _ options: CurlOptions) throws(TransportError) {
        let connection = checked.request.connection
        let destination = checked.destination
        try options.set(CURLOPT_URL, destination.url)
        try options.set(CURLOPT_UNIX_SOCKET_PATH, connection.unixSocket)
        // Never nil: libcurl would then look into the environment by itself.
        try options.set(CURLOPT_PROXY, checked.proxy ?? "")
        try options.set(CURLOPT_NOPROXY, checked.exemptFromProxy)
        try options.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
        if connection.serverName != nil {
            let real = "::\(destination.host):\(destination.port)"
            try options.set(CURLOPT_CONNECT_TO, list([real]))
        }
    }

    /// Which connection may serve.
    ///
    /// A stream has one of its own, over HTTP/1.1. On a shared HTTP/2 connection libcurl 7.88 stops reading
    /// for all when one reader pauses: a slow watch would hold up the rollback beside it, until it times out.
    private func setSharing(_ checked: CheckedRequest, _ options: CurlOptions) throws(TransportError) {
        let request = checked.request
        let version = checked.isStream ? .http1 : request.connection.version
        try options.set(CURLOPT_HTTP_VERSION, version.curl)
        try options.set(CURLOPT_FRESH_CONNECT, checked.isStream || !request.reusesConnection)
        try options.set(CURLOPT_FORBID_REUSE, checked.isStream)
        // A connection grows no older than ten minutes, so that rotated certificates and moved names are seen.
        try options.set(CURLOPT_MAXLIFETIME_CONN, 600)
    }

    private func setMessage(_ checked: CheckedRequest, _ options: CurlOptions) throws(TransportError) {
        let request = checked.request
        try options.set(CURLOPT_USERAGENT, "headgate")
        try options.set(CURLOPT_HTTPHEADER, list(checked.headerLines))
        if request.method == .head { return try options.set(CURLOPT_NOBODY, true) }
        if request.body != nil || request.method.alwaysHasBody {
            try options.set(CURLOPT_POST, true)
            try options.setBody(request.body ?? [])
        }
        try options.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }

    private func setLimits(_ request: HTTPRequest, _ options: CurlOptions) throws(TransportError) {
        try options.set(CURLOPT_TIMEOUT_MS, request.timeout.milliseconds)
        if let silence = request.silenceMax {
            try options.set(CURLOPT_LOW_SPEED_LIMIT, 1)
            try options.set(CURLOPT_LOW_SPEED_TIME, silence.seconds)
        }
        // A peer that vanished without a word is noticed within half a minute, idle or not. Otherwise an
        // HTTP/2 connection to it would swallow every request until the kernel gives up, after a quarter hour.
        try options.set(CURLOPT_TCP_KEEPALIVE, true)
        try options.set(CURLOPT_TCP_KEEPIDLE, 15)
        try options.set(CURLOPT_TCP_KEEPINTVL, 5)
        try options.check(curlshim_guard_sockets(easy, 30_000))
    }

    private func setTrust(_ connection: ConnectionOptions, _ options: CurlOptions) throws(TransportError) {
        try options.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        try options.set(CURLOPT_SSL_VERIFYPEER, connection.verifies)
        try options.set(CURLOPT_SSL_VERIFYHOST, connection.verifies ? 2 : 0)
        // libcurl reads a file of authorities once a day; a rotated one should be seen sooner.
        try options.set(CURLOPT_CA_CACHE_TIMEOUT, 60)
        if case .only(let pem) = connection.authorities {
            try options.set(pem, file: CURLOPT_CAINFO, text: CURLOPT_CAINFO_BLOB)
            // "Only" must not mean "and the machine's folder of authorities".
            try options.set(CURLOPT_CAPATH, nil as String?)
        }
        if let client = connection.clientCertificate {
            try options.set(client.certificate, file: CURLOPT_SSLCERT, text: CURLOPT_SSLCERT_BLOB)
            try options.set(client.key, file: CURLOPT_SSLKEY, text: CURLOPT_SSLKEY_BLOB)
        }
    }
}

extension ConnectionOptions.Version {
    fileprivate var curl: Int {
        switch self {
        case .http1: CURL_HTTP_VERSION_1_1
        case .http2WhereOffered: CURL_HTTP_VERSION_2TLS
        case .http2Only: CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
        }
    }
}

extension Duration {
    /// Rounded up, so that a short time is not "no limit", and kept within what libcurl can hold.
    fileprivate var milliseconds: Int { Int(min((self / .milliseconds(1)).rounded(.up), 2_000_000_000)) }

    fileprivate var seconds: Int { Int(min((self / .seconds(1)).rounded(.up), 2_000_000)) }
}
