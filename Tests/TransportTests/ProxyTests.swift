import Testing

@testable import Transport

@Suite struct ProxyTests {
    @Test func lowerCaseGoesFirstAndAllFillsTheGaps() {
        let proxies = Proxies(environment: [
            "http_proxy": "http://lower", "HTTP_PROXY": "http://upper", "ALL_PROXY": "http://all",
            "https_proxy": "", "NO_PROXY": "a,b",
        ])
        #expect(proxies.http == "http://lower")
        #expect(proxies.https == "http://all")
        #expect(proxies.exempt == "a,b")
    }

    @Test func aRequestGoesThroughTheProxyOfItsScheme() async throws {
        try await withServer(echo) { proxy in
            let environment = ["http_proxy": proxy.url]
            let text = try await get("http://service.example/a?b", environment).text
            #expect(text.hasPrefix("GET http://service.example/a?b HTTP/1.1\r\n"))
        }
    }

    @Test func aTunnelIsAskedForTLSAndItsRefusalIsAnError() async throws {
        let asked = Lines()
        try await withServer { connection in
            guard let request = connection.readRequest() else { return }
            asked.add(request.line)
            connection.answer("", status: "403 Forbidden")
        } body: { proxy in
            let error = try await failure {
                _ = try await get("https://service.example/?token=secret", ["https_proxy": proxy.url])
            }
            #expect(asked.all == ["CONNECT service.example:443 HTTP/1.1"])
            #expect(error.kind == .connect)
        }
    }

    @Test func exemptHostsAndLoopbackGoStraight() async throws {
        try await withServer(echo) { server in
            let environment = ["http_proxy": "http://127.0.0.1:1"]
            let text = try await get(server.url + "/straight", environment).text
            #expect(text.hasPrefix("GET /straight "))
        }
        try await withServer(echo) { proxy in
            let environment = ["http_proxy": proxy.url, "no_proxy": "service.invalid,10.0.0.0/8"]
            let error = try await failure { _ = try await get("http://service.invalid/", environment) }
            #expect(error.kind != .invalidRequest)
            #expect(proxy.connectionCount == 0)
        }
    }

    @Test func aConnectionMayIgnoreTheEnvironment() async throws {
        try await withServer(echo) { proxy in
            let options = ConnectionOptions(proxy: .none)
            let error = try await failure {
                _ = try await get("http://service.invalid/", ["http_proxy": proxy.url], options)
            }
            #expect(error.kind == .resolve || error.kind == .timeout)
            #expect(proxy.connectionCount == 0)
        }
    }

    @Test func theProxyIsToldItsOwnPasswordOnly() async throws {
        try await withServer(echo) { proxy in
            let address = proxy.url.replacing("http://", with: "http://me:secret@")
            let text = try await get("http://service.example/", ["http_proxy": address]).text
            #expect(text.contains("\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n"))
            #expect(!text.contains("\r\nAuthorization:"))
        }
    }

    private func get(
        _ url: String, _ environment: [String: String], _ options: ConnectionOptions = ConnectionOptions()
    ) async throws -> HTTPResponse {
        try await withClient(proxies: Proxies(environment: environment)) { client in
            try await client.send(HTTPRequest(.get, url, timeout: .seconds(10), connection: options))
        }
    }
}
