import Testing

@testable import Transport

/// What a bad server can't do to us.
@Suite struct LimitTests {
    @Test func anEndlessBodyIsCutOffAtTheLimit() async throws {
        let error = try await failure(against: endless) { HTTPRequest(.get, $0, responseBytesMax: 100_000) }
        #expect(error.kind == .tooLarge)
        #expect(error.message.contains("100000 bytes"))
    }

    @Test func aBodyOfExactlyTheLimitPasses() async throws {
        try await withServer { connection in
            _ = connection.readRequest()
            connection.answer("12345")
        } body: { server in
            let request = HTTPRequest(.get, server.url, responseBytesMax: 5)
            let body = try await withClient { try await $0.send(request).text }
            #expect(body == "12345")
        }
    }

    @Test func endlessHeadersAreCutOff() async throws {
        let error = try await failure { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n")
            while connection.write("X-Filler: \(String(repeating: "x", count: 1000))\r\n") {}
        }
        #expect(error.kind == .tooLarge)
    }

    @Test func aServerThatHangsRunsIntoTheTimeout() async throws {
        let error = try await failure {
            $0.waitForEnd()
        } request: {
            HTTPRequest(.get, $0 + "/api?token=secret", timeout: .milliseconds(100))
        }
        #expect(error.kind == .timeout)
        #expect(error.message.contains("while waiting for the response"))
        #expect(error.place.hasSuffix("/api"))
    }

    /// Each byte comes in time; the whole doesn't.
    @Test func aSlowDripRunsIntoTheTotalTimeout() async throws {
        let error = try await failure { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while connection.write("x") { usleepMilliseconds(20) }
        } request: {
            HTTPRequest(.get, $0, timeout: .milliseconds(200))
        }
        #expect(error.kind == .timeout)
        #expect(error.message.contains("while receiving the response"))
    }

    @Test func aClosedPortCannotBeConnectedTo() async throws {
        let server = try RawServer(echo)
        server.stop()
        try await eventually { server.isClosed }
        let error = try await withClient { client in
            try await TransportTests.failure { _ = try await client.send(HTTPRequest(.get, server.url)) }
        }
        #expect(error.kind == .connect)
        #expect(error.description.hasPrefix("http://127.0.0.1:\(server.port)/: can't connect: "))
    }

    /// `.invalid` is reserved for names that never exist (RFC 2606).
    @Test func anUnknownNameCannotBeResolved() async throws {
        let error = try await withClient { client in
            try await TransportTests.failure {
                _ = try await client.send(HTTPRequest(.get, "http://nobody.invalid/", timeout: .seconds(10)))
            }
        }
        // A machine without any DNS server may take longer to say so than we wait.
        #expect(error.kind == .resolve || error.message.contains("looking up the name"))
    }

    @Test func aBodyThatEndsEarlyIsInterrupted() async throws {
        let error = try await failure { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nnot all")
        }
        #expect(error.kind == .interrupted)
    }

    @Test func aConnectionThatClosesWithoutAWordIsInterrupted() async throws {
        let error = try await failure { _ = $0.readRequest() }
        #expect(error.kind == .interrupted)
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\n: : :\r\nno colon\r\n\r\n",
    ])
    func whatIsNotHTTPIsAViolation(_ greeting: String) async throws {
        let error = try await failure { connection in
            _ = connection.readRequest()
            connection.write(greeting)
        }
        #expect(error.kind == .protocolViolation)
    }

    /// What a client gets from a server that misbehaves.
    private func failure(
        against serve: @escaping @Sendable (RawConnection) -> Void,
        request: @escaping @Sendable (String) -> HTTPRequest = { HTTPRequest(.get, $0) }
    ) async throws -> TransportError {
        try await withServer(serve) { server in
            try await withClient { client in
                try await TransportTests.failure { _ = try await client.send(request(server.url)) }
            }
        }
    }
}

/// Sends chunks until the peer goes.
@Sendable func endless(_ connection: RawConnection) {
    _ = connection.readRequest()
    connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    let chunk = "1000\r\n" + String(repeating: "x", count: 0x1000) + "\r\n"
    while connection.write(chunk) {}
}
