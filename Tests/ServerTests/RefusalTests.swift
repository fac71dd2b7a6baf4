import Engine
import Journal
import Rollouts
import Server
import Testing

/// What is refused, with which status and which words.
@Suite struct RefusalTests {
    @Test func anUnknownPathAndAnUnknownMethodAreTold() async throws {
        try await House().serve { guest in
            #expect(try await guest.ask("GET", "/v2").status == 404)
            #expect(try await guest.ask("GET", "/v1/rollouts/%zz").kind == "malformed")
            let answer = try await guest.ask("PUT", "/v1/tokens")
            #expect(answer.status == 405 && answer.headers["allow"] == "GET, POST")
        }
    }

    @Test func anUnknownRolloutIsToldWithThoseThatAreNamedAlike() async throws {
        try await House().serve { guest in
            _ = try await guest.loop.submit(
                .declare(.checkout([.pause(nil)])), to: RolloutName("checkout"), by: "git")
            let answer = try await guest.ask(
                "GET", "/v1/rollouts/chekout", token: try await guest.token(.viewer))
            #expect(answer.status == 404 && answer.kind == "unknownRollout")
            #expect(answer.message.contains("did you mean `checkout`?"))
        }
    }

    @Test(arguments: [
        (#"{"release":"v2","when":"now"}"#, "unknown key `when`; known: release"),
        (#"{"release":2}"#, "`release`: expected a string"),
        (#"{}"#, "`release` is missing"), ("", "`release` is missing"),
        (#"{"release":"v2""#, "the body is not JSON"), (#"["v2"]"#, "the body: expected a JSON object"),
    ])
    func aBodyThatSaysSomethingElseIsMalformed(body: String, message: String) async throws {
        try await House().serve { guest in
            let token = try await guest.token(.operator)
            let answer = try await guest.ask("POST", "/v1/rollouts/checkout/start", token: token, body: body)
            #expect(answer.status == 400 && answer.kind == "malformed")
            #expect(answer.message == message)
        }
    }

    @Test func aBodyOfAnotherTypeIsRefused() async throws {
        try await House().serve { guest in
            let answer = try await guest.ask(
                "POST", "/v1/rollouts/checkout/start", token: try await guest.token(.operator),
                body: "release=v2", headers: ["Content-Type": "application/x-www-form-urlencoded"])
            #expect(answer.status == 415 && answer.kind == "contentType")
        }
    }

    @Test func aBodyThatIsTooLongIsRefusedHoweverItIsSent() async throws {
        try await House().serve { guest in
            let token = try await guest.token(.operator)
            let head =
                "POST /v1/rollouts/checkout/start HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n"
            let announced = try await guest.wire.exchange(head + "Content-Length: 99999999\r\n\r\n")
            #expect(announced.status == 413 && announced.kind == "tooLarge")
            let piece = "4000\r\n" + String(repeating: "a", count: 0x4000) + "\r\n"
            let streamed = try await guest.wire.exchange(
                head + "Transfer-Encoding: chunked\r\n\r\n" + piece + piece)
            #expect(streamed.status == 413)
            #expect(streamed.headers["connection"] == "close")
        }
    }

    @Test func aBodyThatDoesNotArriveInTimeIsNotWaitedFor() async throws {
        var house = House()
        house.limits.bodyDeadline = .milliseconds(100)
        try await house.serve { guest in
            let token = try await guest.token(.operator)
            let answer = try await guest.wire.exchange(
                "POST /v1/rollouts/checkout/start HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{")
            #expect(answer.status == 408 && answer.kind == "timeout")
            #expect(try await guest.ask("GET", "/healthz").status == 200)
        }
    }

    @Test func anAnswerThatIsNotReadyInTimeIsNotWaitedFor() async throws {
        var house = House()
        house.limits.answerDeadline = .milliseconds(50)
        try await house.serve { guest in
            try await guest.launch(.checkout([.setWeight(weight(5)), .pause(nil)]))
            try await guest.until { $0.isWaiting }
            let token = try await guest.token(.operator)
            let lock = try Lock(guest.journal.path)
            let answer = try await guest.ask("POST", "/v1/rollouts/checkout/pause", token: token)
            #expect(answer.status == 504 && answer.kind == "timeout")
            try lock.release()
        }
    }

    @Test func aWishThatTheRolloutDeclinesIsAConflict() async throws {
        try await House().serve { guest in
            try await guest.launch(.checkout([.setWeight(weight(5)), .pause(nil)]))
            try await guest.until { $0.isWaiting }
            let token = try await guest.token(.operator)
            let answer = try await guest.ask("POST", "/v1/rollouts/checkout/resume", token: token)
            #expect(answer.status == 409 && answer.kind == "refused")
            let moved = try await guest.ask(
                "POST", "/v1/rollouts/checkout/promote", token: token, body: #"{"step":1}"#)
            #expect(moved.status == 409)
            #expect(moved.message.hasPrefix("step 1 is over, the rollout is at step 2"))
        }
    }

    @Test func troubleOfTheJournalIsToldAndPasses() async throws {
        try await House().serve { guest in
            try await guest.launch(.checkout([.setWeight(weight(5)), .pause(nil)]))
            try await guest.until { $0.isWaiting }
            let token = try await guest.token(.operator)
            #expect(try await guest.ask("GET", "/v1/rollouts", token: token).status == 200)
            let lock = try Lock(guest.journal.path)
            let refused = try await guest.ask("POST", "/v1/rollouts/checkout/pause", token: token)
            #expect(refused.status == 503 && refused.kind == "journal")
            #expect(refused.headers["retry-after"] == "1")
            let ready = try await guest.ask("GET", "/readyz")
            #expect(ready.status == 503 && ready.message.hasPrefix("the journal takes no entries"))
            let aborted = try await guest.ask("POST", "/v1/rollouts/checkout/abort", token: token).command()
            #expect(!aborted.durable && aborted.status.phase == .degraded)
            try lock.release()
            try await guest.until { $0.isAborted }
            #expect(try await guest.ask("GET", "/readyz").status == 200)
        }
    }

    @Test func beforeTheJournalIsReadNothingIsTakenAndNothingIsShown() async throws {
        let house = House()
        await house.readiness.raise("the journal is being read")
        try await house.serve { guest in
            let token = try await guest.token(.operator)
            #expect(try await guest.ask("GET", "/healthz").status == 200)
            #expect(try await guest.ask("GET", "/readyz").status == 503)
            let answer = try await guest.ask("GET", "/v1/rollouts", token: token)
            #expect(answer.status == 503 && answer.kind == "notReady")
            await house.readiness.lift()
            #expect(try await guest.ask("GET", "/v1/rollouts", token: token).status == 200)
        }
    }

    @Test func aServerThatStopsTakesNoMoreWishes() async throws {
        try await House().serve { guest in
            let token = try await guest.token(.operator)
            await guest.loop.stop(within: .zero)
            let answer = try await guest.ask("POST", "/v1/rollouts/checkout/pause", token: token)
            #expect(answer.status == 503 && answer.kind == "stopping")
        }
    }

    @Test func stoppingIsBoundedAlsoWhileSomebodyIsSending() async throws {
        let start = ContinuousClock.now
        try await House().serve { guest in
            let token = try await guest.token(.operator)
            let head =
                "POST /v1/rollouts/checkout/start HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n"
                + "Content-Length: 10\r\n\r\n{"
            Task { _ = try await guest.wire.exchange(head) }
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(ContinuousClock.now - start < .seconds(5))
    }
}
