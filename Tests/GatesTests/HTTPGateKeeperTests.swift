import Analysis
import Engine
import Gates
import Rollouts
import Signing
import Testing
import Transport

/// Against a real HTTP server.
@Suite struct HTTPGateKeeperTests {
    @Test func theBodyDecidesWhateverTheStatus() async throws {
        try await withGate { gate in
            try await gate.expect(200, #"{"answer":"yes","message":"looks fine"}"#, .yes("looks fine"))
            try await gate.expect(200, #"{"answer":"no","message":"red"}"#, .no("red"))
            try await gate.expect(500, #"{"answer":"no"}"#, .no(nil))
            try await gate.expect(200, #"{"answer":"wait"}"#, .wait(nil))
        }
    }

    @Test func withoutAnAnswerInTheBodyTheStatusSpeaks() async throws {
        try await withGate { gate in
            try await gate.expect(200, "", .yes(nil))
            try await gate.expect(204, "", .yes(nil))
            try await gate.expect(200, "<html>OK</html>", .yes(nil))
            try await gate.expect(202, "", .wait(nil))
            try await gate.expect(403, "halted", .wait(nil))
        }
    }

    /// A proxy has errors of its own, and none of them may take a release back or let it go on.
    @Test(arguments: [301, 400, 401, 404, 409, 429, 500, 502, 503])
    func anyOtherStatusIsNoAnswer(_ status: Int) async throws {
        try await withGate { gate in
            let trouble = try await gate.ask(status, "nope").trouble
            #expect(trouble?.hasSuffix("HTTP \(status)") == true)
        }
    }

    @Test func aWordThatIsNotKnownIsNoAnswer() async throws {
        try await withGate { gate in
            let trouble = try await gate.ask(200, #"{"answer":"maybe"}"#).trouble
            #expect(trouble?.contains(#""maybe" is none of: yes, no, wait"#) == true)
        }
    }

    @Test func theQuestionSaysWhichReleaseWantsWhat() async throws {
        try await withGate { gate in
            _ = try await gate.ask(200, "")
            let seen = try #require(await gate.server.last)
            #expect(
                String(decoding: seen.body, as: UTF8.self)
                    == #"{"attempt":3,"gate":"qa","release":"v2","rollout":"checkout","stable":"v1","#
                    + #""step":2,"stepCount":4,"weight":20}"#)
            #expect(seen.delivery == "checkout-7-2-3")
        }
    }

    @Test func theSignatureFitsTheSecretAndNoOther() async throws {
        try await withGate { gate in
            _ = try await gate.ask(200, "", secret: "ci")
            let seen = try #require(await gate.server.last)
            let message = WebhookMessage(
                timestamp: try #require(seen.timestamp), delivery: try #require(seen.delivery),
                rollout: "checkout", body: seen.body)
            let signature = try #require(seen.signature)
            let (ours, other) = (try secret("sixteen characters"), try secret("sixteen others...."))
            #expect(message.isSigned(signature, byOneOf: [ours]))
            #expect(!message.isSigned(signature, byOneOf: [other]))
        }
    }

    @Test func aSecretThatIsNotConfiguredIsSaidAndNothingIsSent() async throws {
        try await withGate { gate in
            let trouble = try await gate.ask(200, "", secret: "qa").trouble
            #expect(trouble?.contains(#"no secret "qa" is configured; configured: ci"#) == true)
            let question = await gate.server.last
            #expect(question == nil)
        }
    }

    @Test func nobodyThereIsNoAnswerAndThePathIsNotShown() async throws {
        let keeper = try keeper()
        let order = order(url: "http://127.0.0.1:1/hooks/sesame?token=1")
        let trouble = await keeper.ask(order, of: RolloutName("checkout")).trouble
        #expect(trouble?.hasPrefix("http://127.0.0.1:1: ") == true)
        #expect(trouble?.contains("sesame") == false)
    }

    @Test func aGateThatHangsIsGivenItsTimeAndNoMore() async throws {
        try await withGate { gate in
            let answer = await gate.keeper.ask(
                order(url: gate.server.url(200, "", seconds: 60), timeout: .milliseconds(200)),
                of: RolloutName("checkout"))
            #expect(answer.trouble != nil)
        }
    }
}

// MARK: - The parts

private struct GateUnderTest {
    let server: GateServer
    let keeper: HTTPGateKeeper

    func ask(_ status: Int, _ body: String, secret: String? = nil) async throws -> GateAnswer {
        await keeper.ask(order(url: server.url(status, body), secret: secret), of: RolloutName("checkout"))
    }
}

extension GateUnderTest {
    func expect(_ status: Int, _ body: String, _ expected: GateAnswer) async throws {
        let answer = try await ask(status, body)
        #expect(answer == expected, "HTTP \(status) with \(body)")
    }
}

private func withGate(_ body: @escaping @Sendable (GateUnderTest) async throws -> Void) async throws {
    try await withGateServer { server in
        try await body(GateUnderTest(server: server, keeper: try keeper()))
    }
}

private func keeper() throws -> HTTPGateKeeper {
    HTTPGateKeeper(secrets: ["ci": try secret("sixteen characters")], sender: CurlClient()) {
        Moment(microseconds: 1_790_000_000_000_000)
    }
}

private func secret(_ text: String) throws -> WebhookSecret { try #require(WebhookSecret(text)) }

/// The third question at step 2 of a rollout that climbs from v1 to v2.
private func order(url: String, secret: String? = nil, timeout: Duration = .seconds(10)) -> GateOrder {
    let gate = Gate(name: "qa", url: url, timeout: timeout, secret: secret)
    return GateOrder(
        gate: gate, flight: 7, step: 1, stepCount: 4, release: "v2", stable: "v1",
        weight: Weight(percent: 20) ?? .none, number: 2, notBefore: Moment(microseconds: 0))
}

extension GateAnswer {
    fileprivate var trouble: String? {
        if case .trouble(let text) = self { text } else { nil }
    }
}
