/// A request that passed every check that can be made before anything is sent.
struct CheckedRequest: Sendable {
    let request: HTTPRequest
    /// Whether the body is read piece by piece, and the timeout ends with the head.
    let isStream: Bool
    let destination: Destination
    /// Where, for messages.
    let place: String
    let proxy: String?
    let exemptFromProxy: String
    /// In the form that libcurl takes.
    let headerLines: [String]

    init(_ request: HTTPRequest, isStream: Bool, proxies: Proxies) throws(TransportError) {
        self.request = request
        self.isStream = isStream
        destination = try Destination(request.url, serverName: request.connection.serverName)
        place = destination.place(concealsPath: request.concealsPath)
        do {
            try checkLimits(of: request)
            try checkBody(of: request)
            try checkPaths(of: request.connection)
            if isStream { try checkVersion(of: request.connection) }
            headerLines = try lines(of: request.headers) + impliedLines(of: request, to: destination)
        } catch {
            throw TransportError(.invalidRequest, at: place, error.message)
        }
        let way = request.connection.unixSocket == nil ? request.connection.proxy : .none
        switch way {
        case .none: (proxy, exemptFromProxy) = (nil, "")
        case .environment:
            proxy = try proxies.proxy(for: destination)
            exemptFromProxy = proxies.exempt
        case .url(let url):
            proxy = try Proxies(always: url).named(for: destination)
            exemptFromProxy = ""
        }
    }
}

/// Why a request can't be sent.
private struct Objection: Error {
    let message: String
}

private func checkLimits(of request: HTTPRequest) throws(Objection) {
    guard request.timeout > .zero else {
        throw Objection(message: "timeout is \(request.timeout); give it time")
    }
    if let silence = request.silenceMax, silence <= .zero {
        throw Objection(message: "silenceMax is \(silence); give it time, or nil for no limit")
    }
    guard request.responseBytesMax >= 0 else {
        throw Objection(message: "responseBytesMax is \(request.responseBytesMax); it can't be negative")
    }
}

private func checkBody(of request: HTTPRequest) throws(Objection) {
    if request.body != nil, !request.method.mayHaveBody {
        throw Objection(message: "a \(request.method.rawValue) can't carry a body; use POST, or leave it out")
    }
}

/// Says no rather than quietly taking another version than the one insisted on.
private func checkVersion(of connection: ConnectionOptions) throws(Objection) {
    if connection.version == .http2Only {
        throw Objection(message: "a stream goes over HTTP/1.1; don't insist on HTTP/2, or send it whole")
    }
}

/// A NUL would cut the path short and open another file.
private func checkPaths(of connection: ConnectionOptions) throws(Objection) {
    var texts = [connection.unixSocket]
    if case .only(.file(let path)) = connection.authorities { texts.append(path) }
    if case .file(let path) = connection.clientCertificate?.certificate { texts.append(path) }
    if case .file(let path) = connection.clientCertificate?.key { texts.append(path) }
    guard texts.allSatisfy({ $0?.utf8.contains(0) != true && $0 != "" }) else {
        throw Objection(message: "a path is empty or contains a NUL byte; name a file")
    }
}

/// Refuses what could break out of its line, and what would contradict the body's true length.
private func lines(of headers: HTTPHeaders) throws(Objection) -> [String] {
    var lines: [String] = []
    for field in headers.fields {
        guard isToken(field.name) else {
            throw Objection(message: "a header's name may have only letters, digits and !#$%&'*+-.^_`|~")
        }
        guard !field.value.utf8.contains(where: isControl) else {
            throw Objection(message: "header \(field.name) contains a line break or control character")
        }
        guard !["content-length", "transfer-encoding"].contains(field.name.lowercased()) else {
            throw Objection(message: "header \(field.name) is set from the body; leave it out")
        }
        // libcurl takes "name:" as the wish to send no such header, and "name;" for an empty one.
        lines.append(isBlank(field.value) ? "\(field.name);" : "\(field.name): \(field.value)")
    }
    return lines
}

/// Headers that libcurl would add to our surprise, or that a server name makes it get wrong.
private func impliedLines(of request: HTTPRequest, to destination: Destination) -> [String] {
    // libcurl would wait a second for "100 Continue" before a large body.
    var lines = ["Expect:"]
    if request.headers["Content-Type"] == nil { lines.append("Content-Type:") }
    if request.connection.serverName != nil, request.headers["Host"] == nil {
        lines.append("Host: \(destination.authority)")
    }
    return lines
}

private func isBlank(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
}

private func isControl(_ byte: UInt8) -> Bool {
    (byte < 0x20 && byte != UInt8(ascii: "\t")) || byte == 0x7f
}

private func isToken(_ text: String) -> Bool {
    let marks = Set("!#$%&'*+-.^_`|~".utf8)
    return !text.isEmpty
        && text.utf8.allSatisfy { byte in
            marks.contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) && byte < 0x80
        }
}
