import CCurl

/// A URL that was read and found fit to be asked.
///
/// libcurl's own reader does the work, so that what is checked here is what is asked there; two
/// readers that disagree about a host are how requests end up at the wrong one.
struct Destination: Sendable, Hashable {
    let scheme: String
    /// As written in a URL: an IPv6 address is in brackets.
    let host: String
    let port: String
    let path: String
    /// The URL that libcurl gets; under `serverName` it bears that name as its host.
    let url: String

    init(_ text: String, serverName: String?) throws(TransportError) {
        let reader = URLReader()
        try reader.set(CURLUPART_URL, text)
        scheme = try reader.part(CURLUPART_SCHEME)
        guard scheme == "http" || scheme == "https" else {
            throw unreadable("scheme \(scheme) is refused; known: http, https")
        }
        host = try reader.part(CURLUPART_HOST)
        port = try reader.part(CURLUPART_PORT)
        path = try reader.part(CURLUPART_PATH)
        if let serverName {
            guard scheme == "https" else { throw unreadable("a server name needs https, not \(scheme)") }
            try reader.set(CURLUPART_HOST, serverName)
        }
        url = try reader.part(CURLUPART_URL)
    }

    /// Host and port as a Host header has them.
    var authority: String {
        port == (scheme == "https" ? "443" : "80") ? host : "\(host):\(port)"
    }

    /// Never to be asked through a proxy: seen from there, it is another machine.
    var isLoopback: Bool {
        host == "localhost" || host.hasPrefix("127.") || host == "[::1]"
    }

    /// Where this is, for messages: without user, password, query and fragment.
    func place(concealsPath: Bool) -> String {
        "\(scheme)://\(host):\(port)" + (concealsPath ? "/(concealed)" : path)
    }
}

private func unreadable(_ reason: String) -> TransportError {
    TransportError(.invalidRequest, at: "URL", reason)
}
