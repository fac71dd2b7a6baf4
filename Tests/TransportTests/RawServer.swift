import Foundation

/// A server that does to each connection what a test tells it to, byte by byte.
///
/// Blocking, with a thread per connection: it exists to misbehave, not to be fast. It must be stopped;
/// `withServer` sees to that.
final class RawServer: @unchecked Sendable {
    // Proof for `@unchecked`: `listener` and `port` never change; the rest is touched under `lock` only.
    let port: UInt16
    private let listener: Int32
    private let lock = NSLock()
    private var sockets: [Int32] = []
    private var isStopped = false
    private var hasClosed = false

    var url: String { "http://127.0.0.1:\(port)" }

    /// Whether the port is free again.
    var isClosed: Bool { lock.withLock { hasClosed } }

    /// How many connections were accepted so far.
    var connectionCount: Int { lock.withLock { sockets.count } }

    /// Listens on a free port of the loopback, or on a unix socket.
    init(unixSocket: String? = nil, _ serve: @escaping @Sendable (RawConnection) -> Void) throws {
        (listener, port) = try unixSocket.map { (try listen(atPath: $0), 0) } ?? listenOnFreePort()
        let thread = Thread { [self] in acceptAll(serve) }
        thread.start()
    }

    func stop() {
        lock.withLock {
            isStopped = true
            // Wakes the threads that read or accept; they close.
            sockets.forEach { _ = shutdown($0, Int32(SHUT_RDWR)) }
            shutdown(listener, Int32(SHUT_RDWR))
        }
    }

    private func acceptAll(_ serve: @escaping @Sendable (RawConnection) -> Void) {
        while true {
            let socket = accept(listener, nil, nil)
            guard socket >= 0 else { break }
            let keeps = lock.withLock {
                sockets.append(socket)
                return !isStopped
            }
            guard keeps else { break }
            // The descriptor stays open until the last thread has ended, and the server until then: a number that is
            // given out again must not be shut down by one who means the former connection.
            Thread.detachNewThread { [self] in
                defer { withExtendedLifetime(self) {} }
                serve(RawConnection(socket))
                shutdown(socket, Int32(SHUT_RDWR))
            }
        }
        close(listener)
        lock.withLock { hasClosed = true }
    }

    deinit { sockets.forEach { close($0) } }
}

/// One accepted connection.
struct RawConnection: Sendable {
    let socket: Int32

    init(_ socket: Int32) { self.socket = socket }

    /// Reads one request with its body, or returns nil when the peer is gone.
    func readRequest() -> RawRequest? {
        var bytes: [UInt8] = []
        while true {
            if let request = RawRequest(bytes) { return request }
            var buffer = [UInt8](repeating: 0, count: 16 << 10)
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
    }

    /// Returns false when the peer is gone.
    @discardableResult
    func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(socket, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Writes a whole response with a length.
    @discardableResult
    func answer(_ body: String, status: String = "200 OK", headers: String = "") -> Bool {
        write("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }

    /// Blocks until the peer closes. What it sends is thrown away.
    func waitForEnd() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while recv(socket, &buffer, buffer.count, 0) > 0 {}
    }
}

/// A request as it came over the wire.
struct RawRequest: Sendable {
    let head: String
    let body: [UInt8]

    var line: String { String(head.prefix { !$0.isNewline }) }

    /// Reads a whole request, or nil when some of it is still missing.
    init?(_ bytes: [UInt8]) {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let length = RawRequest.value("content-length", in: head).flatMap { Int($0) } ?? 0
        guard bytes.count - end.upperBound >= length else { return nil }
        body = Array(bytes[end.upperBound..<(end.upperBound + length)])
    }

    subscript(header name: String) -> String? { RawRequest.value(name, in: head) }

    private static func value(_ name: String, in head: String) -> String? {
        for line in head.split(whereSeparator: \.isNewline).dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if parts[0].lowercased() == name.lowercased(), parts.count == 2 {
                return parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
        return nil
    }
}

/// Runs a server for as long as `body` runs.
func withServer<Result>(
    _ serve: @escaping @Sendable (RawConnection) -> Void,
    body: (RawServer) async throws -> Result
) async throws -> Result {
    let server = try RawServer(serve)
    defer { server.stop() }
    return try await body(server)
}

struct SocketError: Error {
    let call: String
    let code = errno
}

private func listenOnFreePort() throws -> (Int32, UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    try withUnsafeMutablePointer(to: &address) {
        try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            guard bind(descriptor, pointer, size) == 0 else { throw SocketError(call: "bind") }
            guard listen(descriptor, 128) == 0 else { throw SocketError(call: "listen") }
            guard getsockname(descriptor, pointer, &size) == 0 else { throw SocketError(call: "getsockname") }
        }
    }
    return (descriptor, UInt16(bigEndian: address.sin_port))
}

private func listen(atPath path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    try withUnsafeMutablePointer(to: &address) {
        try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            guard bind(descriptor, pointer, size) == 0 else { throw SocketError(call: "bind \(path)") }
        }
    }
    guard listen(descriptor, 128) == 0 else { throw SocketError(call: "listen") }
    return descriptor
}
