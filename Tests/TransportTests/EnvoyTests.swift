import Testing

@testable import Transport

/// HTTP/2 and TLS against a real Envoy.
@Suite(.withEnvoy) struct EnvoyTests {
    private let envoy: Envoy
    private let trusting: ConnectionOptions

    init() throws {
        envoy = try Envoy.current()
        trusting = ConnectionOptions(authorities: .only(.file(envoy.certificates.file("ca.pem"))))
    }

    @Test func overTLSHTTP2IsNegotiated() async throws {
        let response = try await get("tls", trusting)
        #expect(response.version == .http2 && response.headers["x-protocol"] == "HTTP/2")
        #expect(response.text == "hello")
    }

    @Test func aConnectionMayInsistOnAVersion() async throws {
        var options = trusting
        options.version = .http1
        #expect(try await get("tls", options).version == .http1_1)
        options.version = .http2Only
        #expect(try await get("plain", options).version == .http2)
        options.version = .http2WhereOffered
        #expect(try await get("plain", options).version == .http1_1)
    }

    @Test func manyRequestsShareOneHTTP2Connection() async throws {
        try await withClient { client in
            let request = HTTPRequest(.get, try envoy.url("tls"), connection: trusting)
            let first = try await client.send(request)
            let others = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<100 { group.addTask { try await client.send(request).headers["x-connection"] } }
                return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(others == [first.headers["x-connection"]])
        }
    }

    /// On one shared HTTP/2 connection the neighbours stood still in two runs of thirty.
    @Test func aSlowReaderDoesNotHoldUpItsNeighbours() async throws {
        try await withClient { client in
            let request = HTTPRequest(
                .get, try envoy.url("tls"), timeout: .seconds(5), connection: trusting)
            let before = try await client.send(request).headers["x-connection"]
            var endless = request
            endless.url += "/endless"
            let stream = try await client.stream(endless)
            #expect(stream.version == .http1_1 && stream.headers["x-connection"] != before)
            for _ in 0..<20 {
                #expect(try await client.send(request).headers["x-connection"] == before)
                try await Task.sleep(for: .milliseconds(20))
            }
            var pieces = stream.body.makeAsyncIterator()
            for _ in 0..<100 { #expect(try await pieces.next()?.isEmpty == false) }
        }
    }

    @Test func anAuthorityMayBeGivenAsText() async throws {
        let options = ConnectionOptions(authorities: .only(.text(try envoy.certificates.text("ca.pem"))))
        #expect(try await get("tls", options).status == 200)
    }

    @Test func aServerOfAnotherAuthorityIsRefused() async throws {
        for pem in [
            ConnectionOptions.PEM.file(envoy.certificates.file("stranger.pem")),
            .text(try envoy.certificates.text("stranger.pem")),
        ] {
            let error = try await failure {
                _ = try await get("tls", ConnectionOptions(authorities: .only(pem)))
            }
            #expect(error.kind == .tls)
        }
        let error = try await failure { _ = try await get("tls", ConnectionOptions()) }
        #expect(error.kind == .tls)
    }

    @Test func aMissingAuthorityFileIsNotTrustInEveryone() async throws {
        let options = ConnectionOptions(authorities: .only(.file("/nowhere/ca.pem")))
        let error = try await failure { _ = try await get("tls", options) }
        #expect(error.kind == .tls)
        #expect(error.message.contains("/nowhere/ca.pem"))
    }

    @Test func aServerWithAnotherNameIsRefused() async throws {
        let error = try await failure { _ = try await get("tls", trusting, host: "localhost") }
        #expect(error.kind == .tls)
    }

    /// The name is for TLS only; the request still goes to the URL's address and bears its host.
    @Test func aServerNameIsCheckedInPlaceOfTheHost() async throws {
        var options = trusting
        options.serverName = "headgate.test"
        let url = try envoy.url("tls", host: "localhost")
        let response = try await get("tls", options, host: "localhost")
        #expect("https://\(response.headers["x-authority"] ?? "")" == url)
        options.serverName = "other.test"
        let error = try await failure { _ = try await get("tls", options) }
        #expect(error.kind == .tls)
        #expect(error.place.hasPrefix("https://127.0.0.1:"))
    }

    @Test func verificationCanBeTurnedOff() async throws {
        let options = ConnectionOptions(verifies: false)
        #expect(try await get("tls", options, host: "localhost").status == 200)
    }

    /// A connection made without verification must not serve a request that wants it.
    @Test func trustIsNotInheritedWithAConnection() async throws {
        try await withClient { client in
            let url = try envoy.url("tls")
            _ = try await client.send(
                HTTPRequest(.get, url, connection: ConnectionOptions(verifies: false)))
            let error = try await failure { _ = try await client.send(HTTPRequest(.get, url)) }
            #expect(error.kind == .tls)
        }
    }

    @Test func aClientCertificateIsShown() async throws {
        var options = trusting
        let certificates = envoy.certificates
        options.clientCertificate = .init(
            certificate: .file(certificates.file("client.pem")), key: .file(certificates.file("client.key")))
        #expect(try await get("mtls", options).headers["x-client"] == "CN=client")
        options.version = .http1
        #expect(try await get("mtls", options).headers["x-client"] == "CN=client")
        options.clientCertificate = .init(
            certificate: .text(try certificates.text("client.pem")),
            key: .text(try certificates.text("client.key")))
        #expect(try await get("mtls", options).headers["x-client"] == "CN=client")
    }

    /// Whether the alert or the end of the connection is seen first is up to the machine.
    @Test func withoutAClientCertificateTheServerRefuses() async throws {
        for version in [ConnectionOptions.Version.http1, .http2WhereOffered] {
            var options = trusting
            options.version = version
            let error = try await failure { _ = try await get("mtls", options) }
            #expect(error.kind == .tls || error.kind == .interrupted, "\(error)")
            #expect(error.message.contains("client certificate"))
        }
    }

    @Test func aKeyThatDoesNotFitIsRefused() async throws {
        var options = trusting
        let certificates = envoy.certificates
        options.clientCertificate = .init(
            certificate: .file(certificates.file("client.pem")), key: .file(certificates.file("server.key")))
        let error = try await failure { _ = try await get("mtls", options) }
        #expect(error.kind == .tls)
    }

    @Test func cancellingAStreamLeavesTheOthersAlone() async throws {
        try await withClient { client in
            let url = try envoy.url("tls")
            let task = Task {
                let stream = try await client.stream(
                    HTTPRequest(.get, url + "/endless", connection: trusting))
                for try await _ in stream.body {}
            }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            let error = try await failure { try await task.value }
            #expect(error.kind == .cancelled)
            #expect(try await client.send(HTTPRequest(.get, url, connection: trusting)).text == "hello")
        }
    }

    private func get(
        _ listener: String, _ options: ConnectionOptions, host: String = "127.0.0.1"
    ) async throws -> HTTPResponse {
        try await withClient { client in
            try await client.send(
                HTTPRequest(.get, try envoy.url(listener, host: host) + "/", connection: options))
        }
    }
}
