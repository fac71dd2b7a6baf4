import Analysis
import Foundation
import Testing
import Transport

@testable import Sampling

/// What every store that is asked over HTTP is held to, on a real server.
@Suite(.timeLimit(.minutes(2))) struct ConformanceTests {
    private static let secret = "s3cr3t+of/the=store"
    /// Deeper than a reader that calls itself can go.
    private static let deep = String(repeating: "[", count: 200_000)
    private let client = CurlClient()
    private let now = Moment(microseconds: 1_763_837_280_250_000)

    @Test(arguments: ConformingStore.all)
    func aGoodAnswerHasTheShapeThatConditionsSee(store: ConformingStore) async throws {
        try await ask(store, { _ in .init(body: store.good) }) { sample, server in
            #expect(sample == store.sample)
            #expect(server.questions.count == 1)
            #expect(
                server.questions[0].text.contains(store.proof(Self.secret)), "the account's proof goes along")
        }
    }

    @Test(arguments: ConformingStore.all)
    func noDataIsNeitherAnOutageNorABadQuestion(store: ConformingStore) async throws {
        try await ask(store, { _ in .init(body: store.empty) }) { sample, _ in
            if let expected = store.emptySample {
                #expect(sample == expected)
            } else {
                #expect(failure(sample)?.kind == .noData)
            }
        }
    }

    @Test(arguments: ConformingStore.all, [401, 403])
    func whoMayNotAskIsToldWhatToDo(store: ConformingStore, status: Int) async throws {
        try await ask(store, { _ in .init(status: status, body: "no") }) { sample, server in
            #expect(failure(sample)?.kind == .refused)
            #expect(failure(sample)?.message.contains("answered \(status)") == true)
            #expect(failure(sample)?.message.contains("check the credentials") == true)
            #expect(failure(sample)?.message.contains(server.address) == true, "says where")
        }
    }

    @Test(arguments: ConformingStore.all)
    func whatIsNotThereIsRefused(store: ConformingStore) async throws {
        try await ask(store, { _ in .init(status: 404, body: "<html>") }) { sample, _ in
            #expect(failure(sample)?.kind == .refused)
            #expect(failure(sample)?.message.contains("check the address") == true)
        }
    }

    @Test(arguments: ConformingStore.all, [429, 500, 502, 503])
    func theStoresOwnTroubleIsAnOutage(store: ConformingStore, status: Int) async throws {
        try await ask(store, { _ in .init(status: status, body: "<html>") }) { sample, _ in
            #expect(failure(sample)?.kind == .outage)
            #expect(failure(sample)?.message.contains("answered \(status)") == true)
        }
    }

    @Test(arguments: ConformingStore.all)
    func aRedirectIsNotFollowed(store: ConformingStore) async throws {
        let elsewhere = ["Location": "/elsewhere"]
        try await ask(store, { _ in .init(status: 302, headers: elsewhere) }) { sample, server in
            #expect(failure(sample)?.kind == .refused)
            #expect(server.questions.count == 1, "and no credentials go there")
        }
    }

    @Test(arguments: ConformingStore.all, [StoreServer.Course.never, .dripping])
    func aStoreThatTakesTooLongIsAnOutageAtTheQuerysTimeout(
        store: ConformingStore, course: StoreServer.Course
    ) async throws {
        let start = ContinuousClock.now
        try await ask(store, within: .milliseconds(300), { _ in .init(course: course) }) { sample, _ in
            #expect(failure(sample)?.kind == .outage)
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test(arguments: ConformingStore.all)
    func anAnswerThatIsCutShortIsAnOutage(store: ConformingStore) async throws {
        let rule: StoreServer.Rule = { _ in .init(body: store.good, course: .cutShort) }
        try await ask(store, rule) { sample, _ in #expect(failure(sample)?.kind == .outage) }
    }

    @Test(arguments: ConformingStore.all, [429, 503])
    func aStoreThatWantsToRestIsLeftAlone(store: ConformingStore, status: Int) async throws {
        let tired: StoreServer.Rule = { _ in .init(status: status, headers: ["Retry-After": "20"]) }
        try await withStore(tired) { server in
            let provider = self.provider(store, at: server.address)
            let query = store.query(server.address)
            let first = failure(await provider.sample(query, at: self.now))
            #expect(first?.kind == .outage)
            #expect(first?.message.contains("answered \(status)") == true)
            #expect(first?.message.contains("wants not to be asked for 20s") == true)
            let second = failure(await provider.sample(query, at: self.now + .seconds(15)))
            #expect(second?.kind == .outage)
            #expect(second?.message.contains("wants not to be asked for another 5s") == true)
            #expect(server.questions.count == 1)
            _ = await provider.sample(query, at: self.now + .seconds(20))
            #expect(server.questions.count == 2)
        }
    }

    @Test(arguments: ConformingStore.all)
    func noStoreSilencesAMeasurementForHours(store: ConformingStore) async throws {
        let tired: StoreServer.Rule = { _ in .init(status: 429, headers: ["Retry-After": "86400"]) }
        try await withStore(tired) { server in
            let provider = self.provider(store, at: server.address)
            for second in [0, 299, 300] as [Int64] {
                _ = await provider.sample(store.query(server.address), at: self.now + .seconds(second))
            }
            #expect(server.questions.count == 2)
        }
    }

    @Test(arguments: ConformingStore.all)
    func whoeverStopsWaitingIsAnsweredAtOnce(store: ConformingStore) async throws {
        try await withStore({ _ in .init(course: .never) }) { server in
            let provider = self.provider(store, at: server.address)
            let asking = Task { await provider.sample(store.query(server.address), at: self.now) }
            while server.questions.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            let start = ContinuousClock.now
            asking.cancel()
            #expect(failure(await asking.value)?.kind == .outage)
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test(arguments: ConformingStore.all)
    func aStoreThatIsDownIsAnOutage(store: ConformingStore) async {
        let address = "http://127.0.0.1:\(freePort())"
        let sample = await provider(store, at: address).sample(store.query(address), at: now)
        #expect(failure(sample)?.kind == .outage)
        #expect(failure(sample)?.message.contains("can't connect") == true)
    }

    @Test(arguments: ConformingStore.all)
    func anAnswerThatIsTooLongIsNotRead(store: ConformingStore) async throws {
        let body = String(repeating: " ", count: 40_000) + store.good
        try await ask(store, upTo: 20_000, { _ in .init(body: body) }) { sample, _ in
            #expect(failure(sample)?.kind == .refused)
        }
    }

    @Test(arguments: ConformingStore.all, ["<html>sign in</html>", "", #"{"a":"#, "[[[[", deep])
    func whatIsNoJSONIsNoAnswer(store: ConformingStore, body: String) async throws {
        try await ask(store, { _ in .init(body: body) }) { sample, _ in
            let kind = failure(sample)?.kind
            #expect(store.takesText ? kind == .noData : kind == .outage)
        }
    }

    @Test(
        arguments: ConformingStore.all, ["null", "[]", "{}", "1", #""text""#, #"{"data": null}"#, #"[null]"#])
    func jsonOfAnotherShapeIsNoValue(store: ConformingStore, body: String) async throws {
        try await ask(store, { _ in .init(body: body) }) { sample, _ in
            if let expected = store.emptySample, sample == expected { return }
            #expect(failure(sample) != nil)
        }
    }

    @Test(arguments: ConformingStore.all, [200, 400, 401, 422, 500])
    func aSecretThatTheStoreRepeatsIsConcealed(store: ConformingStore, status: Int) async throws {
        for echo in [plain, inJSON, cut] {
            try await ask(store, { .init(status: status, body: echo($0)) }) { sample, _ in
                let said = "\(sample)"
                #expect(!said.contains(Self.secret))
                #expect(!said.contains(store.proof(Self.secret)))
                #expect(!said.contains("s3cr3t"))
            }
        }
    }

    private let plain: @Sendable (StoreServer.Question) -> String = { $0.text }
    private let inJSON: @Sendable (StoreServer.Question) -> String = { question in
        JSON.object(["error": .string(question.text), "status": "error", "errorType": "bad_data"]).text
    }
    /// So that what people read of it ends within the secret.
    private let cut: @Sendable (StoreServer.Question) -> String = { question in
        let header = question.headers["authorization"] ?? question.text
        return String(repeating: "x", count: 480) + header + String(repeating: "y", count: 100)
    }
}

extension ConformanceTests {
    private func ask(
        _ store: ConformingStore, within timeout: Duration? = nil, upTo bytes: Int = 1 << 20,
        _ rule: @escaping StoreServer.Rule,
        _ look: @escaping @Sendable (Sample, StoreServer) async throws -> Void
    ) async throws {
        try await withStore(rule) { server in
            var query = store.query(server.address)
            query.timeout = timeout ?? query.timeout
            let provider = self.provider(store, at: server.address, upTo: bytes)
            try await look(await provider.sample(query, at: self.now), server)
        }
    }

    private func provider(
        _ store: ConformingStore, at address: String, upTo bytes: Int = 1 << 20
    ) -> HTTPProvider {
        var account = store.account(address, Self.secret)
        account.responseBytesMax = bytes
        return HTTPProvider(store.dialect, StoreAccounts([account]), sender: client)
    }
}

func failure(_ sample: Sample) -> SampleFailure? {
    if case .failure(let failure) = sample { failure } else { nil }
}
