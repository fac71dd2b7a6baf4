import Testing

@testable import Transport

@Suite struct StreamTests {
    /// The head is there while the server still holds the body back.
    @Test func theHeadComesFirstAndThePiecesAsTheyAreSent() async throws {
        let gate = Gate()
        try await withServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n")
            for piece in ["one", "two"] {
                gate.wait()
                connection.write("3\r\n\(piece)\r\n")
            }
            connection.write("0\r\n\r\n")
        } body: { server in
            try await withClient { client in
                let stream = try await client.stream(HTTPRequest(.get, server.url))
                #expect(stream.status == 201 && stream.isSuccess && stream.headers["x-a"] == "1")
                var pieces = stream.body.makeAsyncIterator()
                gate.open()
                #expect(try await text(pieces.next()) == "one")
                gate.open()
                #expect(try await text(pieces.next()) == "two")
                #expect(try await pieces.next() == nil)
                #expect(try await pieces.next() == nil)
            }
        }
    }

    /// A reader that sleeps makes the server wait: what it can write is bounded by the buffers on the way.
    @Test func aSlowReaderHoldsTheServerBack() async throws {
        let written = Count()
        try await withServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n\r\n")
            let piece = [UInt8](repeating: 7, count: 64 << 10)
            // 64 MiB, far more than all the buffers between here and there.
            for _ in 0..<1024 where connection.write(piece) { written.add(piece.count) }
        } body: { server in
            try await withClient { client in
                let stream = try await client.stream(HTTPRequest(.get, server.url))
                let stuckAt = try await whenStill { written.value }
                #expect(stuckAt < 32 << 20)
                // Others are served meanwhile, and then the rest comes, and all of it.
                _ = try await withServer(echo) { try await client.send(HTTPRequest(.get, $0.url)) }
                var total = 0
                for try await piece in stream.body {
                    #expect(piece.allSatisfy { $0 == 7 })
                    total += piece.count
                }
                #expect(total == 64 << 20)
            }
        }
    }

    @Test func aStreamOutlivesTheTimeoutOfItsHead() async throws {
        try await withServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n")
            for _ in 0..<3 {
                usleepMilliseconds(200)
                connection.write("x")
            }
        } body: { server in
            try await withClient { client in
                let stream = try await client.stream(
                    HTTPRequest(.get, server.url, timeout: .milliseconds(300)))
                let body = try await stream.body.collect(bytesMax: 3)
                #expect(body.count == 3)
            }
        }
    }

    @Test func theHeadOfAStreamMustComeInTime() async throws {
        let error = try await withServer {
            $0.waitForEnd()
        } body: { server in
            try await withClient { client in
                try await failure {
                    _ = try await client.stream(HTTPRequest(.get, server.url, timeout: .milliseconds(100)))
                }
            }
        }
        #expect(error.kind == .timeout)
    }

    @Test func aStreamThatFallsSilentTimesOut() async throws {
        try await withServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n\r\nhello")
            connection.waitForEnd()
        } body: { server in
            try await withClient { client in
                let request = HTTPRequest(.get, server.url, silenceMax: .seconds(1))
                var pieces = try await client.stream(request).body.makeAsyncIterator()
                #expect(try await text(pieces.next()) == "hello")
                let error = try await failure { _ = try await pieces.next() }
                #expect(error.kind == .timeout)
            }
        }
    }

    @Test func whatCameBeforeTheConnectionBrokeIsStillRead() async throws {
        try await withServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello")
        } body: { server in
            try await withClient { client in
                let stream = try await client.stream(HTTPRequest(.get, server.url))
                var pieces = stream.body.makeAsyncIterator()
                #expect(try await text(pieces.next()) == "hello")
                let error = try await failure { _ = try await pieces.next() }
                #expect(error.kind == .interrupted)
            }
        }
    }

    @Test func aBodyIsCollectedUpToALimit() async throws {
        try await withServer(endless) { server in
            try await withClient { client in
                let stream = try await client.stream(HTTPRequest(.get, server.url))
                let error = try await failure { _ = try await stream.body.collect(bytesMax: 10_000) }
                #expect(error.kind == .tooLarge)
            }
        }
    }

    @Test func aBodyThatNobodyWantsAnyMoreIsBrokenOff() async throws {
        let ended = Count()
        try await withServer { connection in
            endless(connection)
            ended.add()
        } body: { server in
            try await withClient { client in
                _ = try await client.stream(HTTPRequest(.get, server.url)).status
                try await eventually { ended.value == 1 }
            }
        }
    }

    @Test func aWrittenBodyReadsLikeOneFromTheWire() async throws {
        let broken = TransportError(.interrupted, at: "test", "broke")
        var pieces = HTTPBody(pieces: [[1], [2, 3]], failure: broken).makeAsyncIterator()
        #expect(try await pieces.next() == [1])
        #expect(try await pieces.next() == [2, 3])
        let error = try await failure { _ = try await pieces.next() }
        #expect(error == broken)
    }

    private func text(_ bytes: [UInt8]?) -> String? {
        bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The number at which a count stands still for a while.
    private func whenStill(_ count: () -> Int) async throws -> Int {
        var last = -1
        while count() != last || last == 0 {
            last = count()
            try await Task.sleep(for: .milliseconds(200))
        }
        return last
    }
}
