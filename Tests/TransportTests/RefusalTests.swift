import Testing

@testable import Transport

/// Requests that are refused before anything is sent; most of these need no server.
@Suite struct RefusalTests {
    @Test(arguments: [
        "", "nonsense", "http://", "http://a b/", "http://host:99999/", "http://[::1/",
        "http://host/\r\nX: y",
        "http://host/\0", "//host/path",
    ])
    func aMalformedURLIsRefused(_ url: String) {
        let error = refusal(of: HTTPRequest(.get, url))
        #expect(error?.kind == .invalidRequest)
        #expect(error?.place == "URL")
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://host/", "gopher://host/", "unix:///socket"])
    func onlyHTTPIsSpoken(_ url: String) {
        let error = refusal(of: HTTPRequest(.get, url))
        #expect(error?.kind == .invalidRequest)
        #expect(error?.message.contains("known: http, https") == true)
    }

    @Test(arguments: [
        ("X-A", "1\r\nX-B: 2"), ("X-A", "1\nX-B: 2"), ("X-A", "\0"), ("X-A\r\nX-B", "1"), ("X A", "1"),
        ("", "1"),
        ("X-A:", "1"), ("Ä", "1"),
    ])
    func aHeaderThatBreaksOutOfItsLineIsRefused(_ name: String, _ value: String) {
        #expect(
            refusal(of: HTTPRequest(.get, "http://host/", headers: [name: value]))?.kind == .invalidRequest)
    }

    @Test(arguments: ["Content-Length", "transfer-encoding"])
    func aHeaderThatContradictsTheBodyIsRefused(_ name: String) {
        #expect(
            refusal(of: HTTPRequest(.post, "http://host/", headers: [name: "7"]))?.kind == .invalidRequest)
    }

    @Test func aGetWithABodyIsRefused() {
        #expect(refusal(of: HTTPRequest(.get, "http://host/", body: []))?.kind == .invalidRequest)
    }

    @Test func limitsThatAllowNothingAreRefused() {
        #expect(refusal(of: HTTPRequest(.get, "http://host/", timeout: .zero))?.kind == .invalidRequest)
        #expect(refusal(of: HTTPRequest(.get, "http://host/", silenceMax: .zero))?.kind == .invalidRequest)
        #expect(refusal(of: HTTPRequest(.get, "http://host/", responseBytesMax: -1))?.kind == .invalidRequest)
    }

    @Test func aServerNameWithoutTLSIsRefused() {
        let options = ConnectionOptions(serverName: "other")
        #expect(refusal(of: HTTPRequest(.get, "http://host/", connection: options))?.kind == .invalidRequest)
    }

    @Test func aPathThatEndsEarlyIsRefused() {
        let options = ConnectionOptions(authorities: .only(.file("/ca.pem\0.bak")))
        #expect(refusal(of: HTTPRequest(.get, "https://host/", connection: options))?.kind == .invalidRequest)
    }

    @Test func noSecretOfTheURLIsInTheMessage() {
        let url = "https://user:hunter2@host/path?token=hunter2#hunter2"
        let error = refusal(of: HTTPRequest(.get, url, timeout: .zero))
        #expect(error?.place == "https://host:443/path")
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func aSecretPathCanBeConcealed() {
        let request = HTTPRequest(.post, "https://chat/hook/hunter2", timeout: .zero, concealsPath: true)
        #expect(refusal(of: request)?.place == "https://chat:443/(concealed)")
    }

    @Test(arguments: ["hunter2 http://", "ftp://user:hunter2@host"])
    func aProxyThatCannotBeReadIsRefusedWithoutRepeatingIt(_ proxy: String) {
        let error = refusal(of: HTTPRequest(.get, "http://host/"), ["http_proxy": proxy])
        #expect(error?.kind == .invalidRequest)
        #expect(error?.place == "http_proxy")
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func aStreamThatInsistsOnHTTP2IsRefused() {
        let request = HTTPRequest(.get, "http://host/", connection: ConnectionOptions(version: .http2Only))
        #expect(refusal(of: request, isStream: true)?.kind == .invalidRequest)
        #expect(throws: Never.self) {
            try CheckedRequest(request, isStream: false, proxies: Proxies(environment: [:]))
        }
    }

    @Test func theDoorRefusesToo() async throws {
        let error = try await withClient { client in
            try await failure { _ = try await client.send(HTTPRequest(.get, "file:///etc/passwd")) }
        }
        #expect(error.kind == .invalidRequest)
    }

    private func refusal(
        of request: HTTPRequest, _ environment: [String: String] = [:], isStream: Bool = false
    ) -> TransportError? {
        #expect(throws: TransportError.self) {
            try CheckedRequest(request, isStream: isStream, proxies: Proxies(environment: environment))
        }
    }
}
