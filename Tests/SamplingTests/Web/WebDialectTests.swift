import Analysis
import Testing
import Transport

@testable import Sampling

@Suite struct WebDialectTests {
    @Test func aPlainQuestionIsAGet() async throws {
        let request = try await request(["jsonPath": .string("{$.a}")])
        #expect(request.method == .get)
        #expect(request.url == "http://app/measure?of=web")
        #expect(request.body == nil)
        #expect(request.headers["Authorization"] == "Bearer t")
        #expect(request.timeout == .seconds(10))
    }

    @Test func aDocumentIsPostedAsJSON() async throws {
        let body: Value = .map([
            "from": .int(5), "query": .string("a\"b"), "deep": .array([.none, .bool(true)]),
        ])
        let request = try await request(["method": .string("POST"), "jsonBody": body])
        #expect(request.method == .post)
        #expect(request.headers["Content-Type"] == "application/json")
        #expect(
            String(decoding: request.body ?? [], as: UTF8.self)
                == #"{"deep":[null,true],"from":5,"query":"a\"b"}"#)
    }

    @Test func aTextIsPutAsItIs() async throws {
        let request = try await request(["method": .string("PUT"), "body": .string("a=b")])
        #expect(request.method == .put)
        #expect(String(decoding: request.body ?? [], as: UTF8.self) == "a=b")
    }

    /// As Argo hands it to conditions: numbers are floats, and the first match counts.
    @Test(arguments: [
        (#"{"ok": true, "rate": 0.25, "n": 5}"#, "{$.rate}", Value.float(0.25)),
        (#"{"ok": true, "rate": 0.25, "n": 5}"#, "{$.n}", .float(5)),
        (#"{"ok": true}"#, "{$.ok}", .bool(true)),
        (#"{"a": [1, 2]}"#, "{$.a}", .array([.float(1), .float(2)])),
        (#"{"a": [1, 2]}"#, "{$.a[*]}", .float(1)),
        (#"{"a": {"b": "c"}}"#, "{$.a}", .map(["b": .string("c")])),
        (#"{"a": null}"#, "{$.a}", Value.none),
        (#""plain""#, "{$}", .string("plain")),
        ("It worked!", "{$}", .string("It worked!")),
        ("3", "{$}", .float(3)),
        ("", "{$}", .string("")),
    ])
    func anAnswerHasTheShapeThatConditionsSee(body: String, path: String, value: Value) async throws {
        #expect(try await sample(body, path) == .value(value, warnings: []))
    }

    @Test(arguments: [
        (#"{"a": 1}"#, "{$.b}"), (#"{"a": []}"#, "{$.a[0]}"), (#"{"a": []}"#, "{$.a[*]}"), ("text", "{$.a}"),
    ])
    func aPathThatLeadsNowhereFoundNoData(body: String, path: String) async throws {
        let failure = await #expect(throws: SampleFailure.self) { try await sample(body, path) }
        #expect(failure?.kind == .noData)
        #expect(failure?.message.contains(path) == true)
    }

    @Test func credentialsGoBelowTheirAddressOnly() throws {
        let account = StoreAccount(address: "https://api.example/v1/", authorization: .bearer(.text("t")))
        let accounts = StoreAccounts([account])
        func isKnown(_ url: String) throws -> Bool {
            try accounts.account(.below(url), of: "web") == account
        }
        for url in ["https://api.example/v1", "https://api.example/v1/a?b=c", "https://api.example/v1?b"] {
            #expect(try isKnown(url))
        }
        for url in [
            "https://api.example/v10", "https://api.example/", "http://api.example/v1/a",
            "https://api.example/v1.evil.example/a", "https://api.example/v1/../admin",
            "https://api.example.evil.example/v1/a", "https://api.example@evil.example/v1/",
        ] {
            #expect(try !isKnown(url), "\(url)")
        }
    }

    @Test func nobodysCertificateWillDoWhereTheConfigurationSaysWhoseDoes() throws {
        var query = Query(
            provider: "web", text: "https://api.example/a", details: .map(["insecure": .bool(true)]))
        let known = StoreAccount(address: "https://api.example", authorization: .bearer(.text("t")))
        #expect(throws: SampleFailure.self) { try known.authorized(by: query, isKnown: true) }
        query.text = "https://else.example/a"
        let other = StoreAccount(address: query.text)
        #expect(try !other.authorized(by: query, isKnown: false).connection.verifies)
    }

    private func request(_ details: [String: Value]) async throws -> HTTPRequest {
        try WebDialect().request(try await question(details))
    }

    private func sample(_ body: String, _ path: String) async throws -> Sample {
        let question = try await question(["jsonPath": .string(path)])
        return try WebDialect().sample(question, from: [HTTPResponse(status: 200, body: Array(body.utf8))])
    }

    private func question(_ details: [String: Value]) async throws -> StoreQuestion {
        let url = "http://app/measure?of=web"
        let account = StoreAccount(address: url, authorization: .bearer(.text("t")))
        return StoreQuestion(
            query: Query(provider: "web", text: url, timeout: .seconds(10), details: .map(details)),
            account: account, credentials: try await Credentials(of: account), now: Moment(microseconds: 0),
            address: url)
    }
}
