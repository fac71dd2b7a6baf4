import Analysis
import Foundation
import Testing
import Transport

@testable import Sampling

/// Who we are at a store, on a real server.
@Suite(.timeLimit(.minutes(1))) struct AuthorizationTests {
    private let client = CurlClient()
    private let query = Query(provider: "prometheus", text: "up")

    @Test func aTokenIsFetchedOnceAndKeptUntilShortlyBeforeItEnds() async throws {
        try await withStore(tokenRule(expiresIn: 300)) { server in
            let provider = self.provider(server)
            for second in [0, 60, 269] as [Int64] { #expect(isGood(await self.ask(provider, second))) }
            #expect(server.questions.count { $0.target == "/token" } == 1)
            #expect(isGood(await self.ask(provider, 271)))
            let tokens = server.questions.filter { $0.target == "/token" }
            #expect(tokens.count == 2)
            // RFC 6749, 2.3.1: each part is encoded, then the pair.
            let pair = Data("head%3Agate:open%2Fsesame".utf8).base64EncodedString()
            #expect(tokens[0].headers["authorization"] == "Basic \(pair)")
            #expect(tokens[0].body == "grant_type=client_credentials&scope=read+all")
        }
    }

    @Test func aTokenThatIsRefusedIsFetchedOnceMore() async throws {
        // Each token is good for one question only.
        try await withStore({ question in
            if question.target == "/token" { return .token("t-\(UUID().uuidString)") }
            return .init(body: ConformingStore.prometheus.good)
        }) { server in
            #expect(isGood(await self.ask(self.provider(server), 0)))
        }
        try await withStore({ question in
            question.target == "/token" ? .token("stale") : .init(status: 401)
        }) { server in
            let provider = self.provider(server)
            #expect(failure(await self.ask(provider, 0))?.kind == .refused)
            #expect(
                server.questions.count { $0.target == "/token" } == 1, "a fresh token is not fetched again")
            #expect(failure(await self.ask(provider, 1))?.kind == .refused)
            #expect(server.questions.count { $0.target == "/token" } == 2, "a kept one is, once")
        }
    }

    @Test(arguments: [(401, SampleFailure.Kind.refused), (503, .outage), (200, .outage)])
    func withoutATokenNothingIsAskedAndNoSecretIsSaid(
        status: Int, kind: SampleFailure.Kind
    ) async throws {
        let echo: StoreServer.Rule = {
            .init(status: status, body: JSON.object(["error": .string($0.text)]).text)
        }
        try await withStore(echo) { server in
            let sample = await self.ask(self.provider(server), 0)
            #expect(failure(sample)?.kind == kind)
            #expect(failure(sample)?.message.contains("no token from \(server.address)/token") == true)
            #expect(failure(sample)?.message.contains("sesame") == false)
            #expect(server.questions.map(\.target) == ["/token"])
        }
    }

    @Test func aTokenIsConcealedWhereTheStoreRepeatsIt() async throws {
        try await withStore({ question in
            question.target == "/token"
                ? .token("tok-en-tok-en")
                : .init(
                    status: 400,
                    body: #"{"status": "error", "errorType": "bad_data", "error": "tok-en-tok-en?"}"#)
        }) { server in
            let message = failure(await self.ask(self.provider(server), 0))?.message
            #expect(message == "prometheus at \(server.address): bad_data: (concealed)?")
        }
    }

    @Test func aDocumentSaysWhoAsksInArgosWords() async throws {
        try await withStore(tokenRule(expiresIn: 60)) { server in
            var query = self.query
            query.details = .map([
                "authentication": .map([
                    "oauth2": .map([
                        "tokenUrl": .string("\(server.address)/token"), "clientId": .string("id"),
                        "clientSecret": .string("revealed"), "scopes": .array([]),
                    ])
                ])
            ])
            let provider = HTTPProvider(
                PrometheusDialect(), StoreAccounts([StoreAccount(address: server.address)]),
                sender: self.client)
            #expect(isGood(await provider.sample(query, at: Moment(microseconds: 0))))
            #expect(server.questions.last?.headers["authorization"] == "Bearer good")
        }
    }

    @Test func aSecretComesFromTheEnvironmentOrFromTheClusterOrIsAskedFor() async throws {
        let missing = StoreAccount(authorization: .bearer(.environment("HEADGATE_NO_SUCH_VARIABLE")))
        let failure = await #expect(throws: SampleFailure.self) { try await Credentials(of: missing) }
        #expect(failure?.message == "the environment has no HEADGATE_NO_SUCH_VARIABLE; set it for the server")
        setenv("HEADGATE_TEST_TOKEN", "from-the-environment", 1)
        let there = StoreAccount(authorization: .bearer(.environment("HEADGATE_TEST_TOKEN")))
        #expect(try await Credentials(of: there).headers["Authorization"] == "Bearer from-the-environment")
        let object = StoreAccount(keys: ["apiKey": .object(SecretReference(name: "dd", key: "api"))])
        let noCluster = await #expect(throws: SampleFailure.self) { try await Credentials(of: object) }
        #expect(noCluster?.message.contains("add `kubernetes`") == true)
    }

    private func ask(_ provider: HTTPProvider, _ second: Int64) async -> Sample {
        await provider.sample(query, at: Moment(microseconds: second * 1_000_000))
    }

    private func provider(_ server: StoreServer) -> HTTPProvider {
        let credentials = StoreAccount.ClientCredentials(
            tokenURL: server.address + "/token", clientID: "head:gate", clientSecret: .text("open/sesame"),
            scopes: ["read", "all"])
        let account = StoreAccount(
            address: server.address, authorization: .clientCredentials(credentials))
        return HTTPProvider(PrometheusDialect(), StoreAccounts([account]), sender: client)
    }

    private func tokenRule(expiresIn seconds: Int) -> StoreServer.Rule {
        { question in
            if question.target == "/token" { return .token("good", expiresIn: seconds) }
            let isGood = question.headers["authorization"] == "Bearer good"
            return isGood ? .init(body: ConformingStore.prometheus.good) : .init(status: 401)
        }
    }
}

private func isGood(_ sample: Sample) -> Bool { sample == ConformingStore.prometheus.sample }

extension StoreServer.Reply {
    fileprivate static func token(_ text: String, expiresIn seconds: Int = 300) -> Self {
        .init(body: #"{"access_token": "\#(text)", "token_type": "Bearer", "expires_in": \#(seconds)}"#)
    }
}
