import Testing

@testable import Transport

/// Cancelling the task closes the connection: the server's side of each story is that its peer is gone.
@Suite struct CancellationTests {
    @Test func cancellingBeforeTheHeadHangsUp() async throws {
        try await expectHangUp {
            _ = $0.readRequest()
        } when: { client, url in
            _ = try await client.send(HTTPRequest(.get, url))
        }
    }

    @Test func cancellingDuringTheBodyHangsUp() async throws {
        try await expectHangUp {
            _ = $0.readRequest()
            $0.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello")
        } when: { client, url in
            _ = try await client.send(HTTPRequest(.get, url))
        }
    }

    @Test func cancellingWhileWaitingForAPieceHangsUp() async throws {
        try await expectHangUp {
            _ = $0.readRequest()
            $0.write("HTTP/1.1 200 OK\r\n\r\n")
        } when: { client, url in
            for try await _ in try await client.stream(HTTPRequest(.get, url)).body {}
        }
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        try await withServer(echo) { server in
            try await withClient { client in
                let task = Task {
                    while !Task.isCancelled { await Task.yield() }
                    _ = try await client.send(HTTPRequest(.get, server.url))
                }
                task.cancel()
                let error = try await failure { try await task.value }
                #expect(error.kind == .cancelled)
                #expect(server.connectionCount == 0)
            }
        }
    }

    /// One of many is cancelled; its neighbours don't notice.
    @Test func cancellingOneLeavesTheOthersAlone() async throws {
        let gate = Gate()
        try await withServer { connection in
            guard let request = connection.readRequest() else { return }
            if request.line.contains("/hang") { return connection.waitForEnd() }
            gate.wait()
            connection.answer("done")
        } body: { server in
            try await withClient { client in
                async let kept = client.send(HTTPRequest(.get, server.url + "/keep"))
                let task = Task { _ = try await client.send(HTTPRequest(.get, server.url + "/hang")) }
                try await eventually { server.connectionCount == 2 }
                task.cancel()
                let error = try await failure { try await task.value }
                #expect(error.kind == .cancelled)
                gate.open()
                let text = try await kept.text
                #expect(text == "done")
            }
        }
    }

    @Test func manyCancelledAtRandomAllEndOnce() async throws {
        try await withServer { connection in
            while connection.readRequest() != nil {
                usleepMilliseconds(2)
                connection.answer("done")
            }
        } body: { server in
            try await withClient { client in
                let outcomes = Lines()
                await withTaskGroup { group in
                    for index in 0..<200 {
                        group.addTask {
                            let task = Task { try await client.send(HTTPRequest(.get, server.url)) }
                            for _ in 0..<(index * 37 % 200) { await Task.yield() }
                            task.cancel()
                            switch await task.result {
                            case .success: outcomes.add("done")
                            case .failure(let error):
                                outcomes.add((error as? TransportError)?.kind.rawValue ?? "?")
                            }
                        }
                    }
                }
                #expect(outcomes.all.count == 200)
                #expect(Set(outcomes.all).isSubset(of: ["done", "cancelled"]))
                let last = try await client.send(HTTPRequest(.get, server.url)).text
                #expect(last == "done")
            }
        }
    }

    @Test func shuttingDownBreaksOffWhatIsUnderWay() async throws {
        try await withServer {
            $0.waitForEnd()
        } body: { server in
            try await withClient { client in
                let task = Task { _ = try await client.send(HTTPRequest(.get, server.url)) }
                try await eventually { server.connectionCount == 1 }
                await client.shutdown()
                let during = try await failure { try await task.value }
                #expect(during.kind == .shutDown)
                let after = try await failure { _ = try await client.send(HTTPRequest(.get, server.url)) }
                #expect(after.kind == .shutDown)
            }
        }
    }

    /// Cancels once the server has done its part, and waits until the server sees its peer go.
    private func expectHangUp(
        _ serve: @escaping @Sendable (RawConnection) -> Void,
        when request: @escaping @Sendable (CurlClient, String) async throws -> Void
    ) async throws {
        let served = Count()
        let ended = Count()
        try await withServer { connection in
            serve(connection)
            served.add()
            connection.waitForEnd()
            ended.add()
        } body: { server in
            try await withClient { client in
                let task = Task { try await request(client, server.url) }
                try await eventually { served.value == 1 }
                task.cancel()
                let error = try await failure { try await task.value }
                #expect(error.kind == .cancelled)
                try await eventually { ended.value == 1 }
            }
        }
    }
}
