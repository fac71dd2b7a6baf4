import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// What came back on a connection.
struct Answer: Sendable {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: String

    func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body.utf8))
    }
}

/// A client that sends exactly the bytes it is told to, over a connection of its own.
struct Wire: Sendable {
    let port: Int

    struct Broken: Error {
        let what: String
    }

    /// Sends the pieces, each after its pause, and reads one answer.
    func exchange(_ pieces: [(bytes: [UInt8], pause: Duration)]) async throws -> Answer {
        try await withCheckedThrowingContinuation { waiting in
            // A thread of its own: a hundred that wait in the shared pool would leave the server none to answer with.
            Thread.detachNewThread { waiting.resume(with: Result { try speak(pieces) }) }
        }
    }

    func exchange(_ text: String) async throws -> Answer {
        try await exchange([(Array(text.utf8), .zero)])
    }

    private func speak(_ pieces: [(bytes: [UInt8], pause: Duration)]) throws -> Answer {
        let descriptor = try connected()
        defer { close(descriptor) }
        for (bytes, pause) in pieces {
            Foundation.Thread.sleep(forTimeInterval: pause / .seconds(1))
            // A server that has heard enough answers before it has heard all.
            guard send(bytes, to: descriptor) else { break }
        }
        return try readAnswer(from: descriptor)
    }

    private func connected() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw Broken(what: "no connection: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    private func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func readAnswer(from descriptor: Int32) throws -> Answer {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            if let answer = Answer(bytes) { return answer }
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else {
                throw Broken(what: "hung up after \(String(decoding: bytes, as: UTF8.self))")
            }
            bytes += chunk[..<count]
        }
    }
}

extension Answer {
    /// Nil while there is more to come.
    fileprivate init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let pairs = lines.dropFirst().compactMap { line -> (String, String)? in
            let parts = line.split(separator: ":", maxSplits: 1)
            return parts.count == 2
                ? (parts[0].lowercased(), parts[1].trimmingCharacters(in: .whitespaces)) : nil
        }
        headers = Dictionary(pairs) { first, _ in first }
        status = Int(lines[0].split(separator: " ")[1]) ?? 0
        body = String(text[end.upperBound...])
        guard body.utf8.count >= Int(headers["content-length"] ?? "0") ?? 0 else { return nil }
    }
}

/// One that nobody listens at just now.
func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
            bind(descriptor, raw, size) == 0 ? getsockname(descriptor, raw, &size) : -1
        }
    }
    guard result == 0 else { throw Wire.Broken(what: "no port: \(String(cString: strerror(errno)))") }
    return Int(in_port_t(bigEndian: address.sin_port))
}
