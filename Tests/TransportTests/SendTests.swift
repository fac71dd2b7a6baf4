import Testing

@testable import Transport

@Suite struct SendTests {
    @Test func methodHeadersAndBodyArriveAsGiven() async throws {
        let text = try await sendToEcho { url in
            HTTPRequest(
                .patch, url + "/a/b?c=d", headers: ["X-Two": "2", "Empty": ""], body: Array("{}".utf8))
        }.text
        #expect(text.hasPrefix("PATCH /a/b?c=d HTTP/1.1\r\n"))
        #expect(text.contains("\r\nX-Two: 2\r\n"))
        #expect(text.contains("\r\nEmpty:\r\n"))
        #expect(text.hasSuffix("\r\n\r\n{}"))
    }

    /// libcurl would announce a form, wait for "100 Continue" and offer to unpack what it can.
    @Test func nothingIsAnnouncedThatNobodyAskedFor() async throws {
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: 2 << 20)
        let text = try await sendToEcho { HTTPRequest(.post, $0, body: body) }.text.lowercased()
        for header in ["content-type", "expect", "accept-encoding"] {
            #expect(!text.contains("\r\n\(header):"))
        }
        #expect(text.contains("\r\ncontent-length: \(body.count)\r\n"))
    }

    @Test(arguments: [HTTPMethod.put, .post, .patch])
    func anEmptyBodyIsAnnouncedAsEmpty(method: HTTPMethod) async throws {
        let text = try await sendToEcho { HTTPRequest(method, $0) }.text
        #expect(text.hasPrefix("\(method.rawValue) / HTTP/1.1\r\n"))
        #expect(text.contains("\r\nContent-Length: 0\r\n"))
    }

    @Test func aDeleteGoesWithAndWithoutABody() async throws {
        let with = try await sendToEcho { HTTPRequest(.delete, $0, body: Array("why".utf8)) }.text
        #expect(with.hasPrefix("DELETE / ") && with.hasSuffix("\r\n\r\nwhy"))
        let without = try await sendToEcho { HTTPRequest(.delete, $0) }.text
        #expect(without.hasPrefix("DELETE / ") && !without.contains("Content-Length"))
    }

    /// The length in the answer to a HEAD is that of a body which never comes.
    @Test func aHeadDoesNotWaitForABody() async throws {
        try await withServer { connection in
            while connection.readRequest() != nil {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nX-A: 1\r\n\r\n")
            }
        } body: { server in
            try await withClient { client in
                for _ in 0..<2 {
                    let response = try await client.send(HTTPRequest(.head, server.url))
                    #expect(response.status == 200 && response.body == [] && response.headers["x-a"] == "1")
                }
                #expect(server.connectionCount == 1)
            }
        }
    }

    @Test func everyStatusIsAResponseAndRedirectsAreNotFollowed() async throws {
        try await withServer { connection in
            while let request = connection.readRequest() {
                let status = request.line.split(separator: " ")[1].dropFirst()
                connection.answer("said", status: "\(status) Whatever", headers: "Location: /elsewhere\r\n")
            }
        } body: { server in
            try await withClient { client in
                for status in [200, 302, 404, 500] {
                    let response = try await client.send(HTTPRequest(.get, server.url + "/\(status)"))
                    #expect(response.status == status && response.text == "said")
                    #expect(response.isSuccess == (status == 200))
                }
            }
        }
    }

    @Test func interimResponsesAreSkippedAndRepeatedHeadersKept() async throws {
        try await withServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\n")
            connection.answer("", headers: "Set-Cookie: a\r\nSet-Cookie: b\r\n")
        } body: { server in
            let response = try await withClient { try await $0.send(HTTPRequest(.get, server.url)) }
            #expect(response.headers["Link"] == nil)
            #expect(response.headers.values("set-cookie") == ["a", "b"])
            #expect(response.version == .http1_1)
        }
    }

    @Test func aUserInTheURLBecomesBasicAuthentication() async throws {
        let text = try await sendToEcho {
            HTTPRequest(.get, $0.replacing("http://", with: "http://me:secret@"))
        }.text
        #expect(text.contains("\r\nAuthorization: Basic bWU6c2VjcmV0\r\n"))
    }

    @Test func requestsInTurnShareOneConnection() async throws {
        try await withServer(echo) { server in
            try await withClient { client in
                for _ in 0..<10 { _ = try await client.send(HTTPRequest(.get, server.url)) }
                #expect(server.connectionCount == 1)
            }
        }
    }

    @Test func aRequestCanInsistOnANewConnection() async throws {
        try await withServer(echo) { server in
            try await withClient { client in
                for _ in 0..<3 {
                    _ = try await client.send(HTTPRequest(.get, server.url, reusesConnection: false))
                }
                #expect(server.connectionCount == 3)
            }
        }
    }

    @Test func twentyAtATimeGetTheirOwnAnswersAndShareConnections() async throws {
        try await withServer(echo) { server in
            try await withClient { client in
                try await withThrowingTaskGroup { group in
                    for lane in 0..<20 {
                        group.addTask {
                            for turn in 0..<50 {
                                let text = try await client.send(
                                    HTTPRequest(.get, server.url + "/\(lane)/\(turn)")
                                ).text
                                #expect(text.hasPrefix("GET /\(lane)/\(turn) "))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                // A thousand requests; libcurl opens one more than twenty now and then.
                #expect(server.connectionCount <= 40)
            }
        }
    }

    @Test func aUnixSocketIsReachedWhateverTheURLNames() async throws {
        let folder = try Folder()
        let path = folder.file("socket")
        let server = try RawServer(unixSocket: path, echo)
        defer { server.stop() }
        let proxies = Proxies(environment: ["http_proxy": "http://127.0.0.1:1"])
        let text = try await withClient(proxies: proxies) { client in
            let options = ConnectionOptions(unixSocket: path)
            return try await client.send(HTTPRequest(.get, "http://admin.example/stats", connection: options))
                .text
        }
        #expect(text.hasPrefix("GET /stats ") && text.contains("Host: admin.example"))
        try folder.remove()
    }

    private func sendToEcho(_ request: (String) -> HTTPRequest) async throws -> HTTPResponse {
        try await withServer(echo) { server in
            try await withClient { try await $0.send(request(server.url)) }
        }
    }
}
