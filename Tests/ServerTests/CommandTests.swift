import Analysis
import Engine
import Rollouts
import Server
import Testing

/// What operators can do, and what they see of it.
@Suite struct CommandTests {
    @Test func aReleaseIsAnnouncedPromotedAndBecomesTheStableOne() async throws {
        try await House().serve { guest in
            let token = try await guest.token(.operator, named: "alice")
            _ = try await guest.loop.submit(
                .declare(.checkout([.setWeight(weight(20)), .pause(nil)])), to: RolloutName("checkout"),
                by: "git")
            func post(_ verb: String, _ body: String? = nil) async throws -> CommandAnswer {
                let answer = try await guest.ask(
                    "POST", "/v1/rollouts/checkout/\(verb)", token: token, body: body)
                #expect(answer.status == 200, "\(answer.body)")
                return try answer.command()
            }
            #expect(try await post("start", #"{"release":"v1"}"#).durable)
            try await guest.until { $0.stable?.name == "v1" }
            #expect(try await post("start", #"{"release":"v2"}"#).changed)
            #expect(try await post("start", #"{"release":"v2"}"#).changed == false)
            try await guest.until { $0.isWaiting }
            #expect(try await post("pause").status.message == "paused by token:alice")
            #expect(try await post("resume", "{}").status.phase == .paused)
            #expect(try await post("promote", #"{"step":2}"#).status.weight == 100)
            try await guest.until { $0.stable?.name == "v2" && $0.routing?.isApplied == true }
            let status = try await guest.ask("GET", "/v1/rollouts/checkout", token: token)
                .decoded(as: RolloutStatus.self)
            #expect(
                status.phase == .healthy && status.stable == ReleaseStatus(release: "v2", backend: "web-b"))
            #expect(status.idleBackend == "web-a")
        }
    }

    @Test func anAbortedReleaseCanBeTriedAgainAndTakenAllTheWay() async throws {
        try await House().serve { guest in
            let token = try await guest.token(.operator, named: "alice")
            try await guest.launch(.checkout([.setWeight(weight(20)), .pause(nil)]))
            try await guest.until { $0.isWaiting }
            func post(_ verb: String, _ body: String? = nil) async throws -> CommandAnswer {
                try await guest.ask("POST", "/v1/rollouts/checkout/\(verb)", token: token, body: body)
                    .command()
            }
            let aborted = try await post("abort", #"{"reason":"errors in the log"}"#).status
            #expect(aborted.phase == .degraded && aborted.weight == 0)
            #expect(aborted.failure?.reason == "aborted by token:alice: errors in the log")
            #expect(try await post("retry").status.canary?.release == "v2")
            #expect(try await post("promote", #"{"full":true}"#).status.weight == 100)
            try await guest.until { $0.stable?.name == "v2" }
        }
    }

    @Test func aPersonGoesBackToAnEarlierStableRelease() async throws {
        try await House().serve { guest in
            let token = try await guest.token(.operator, named: "alice")
            try await guest.launch(.checkout([.setWeight(weight(20)), .pause(nil)]))
            try await guest.until { $0.isWaiting }
            func post(_ verb: String, _ body: String? = nil) async throws -> CommandAnswer {
                try await guest.ask("POST", "/v1/rollouts/checkout/\(verb)", token: token, body: body)
                    .command()
            }
            _ = try await post("promote", #"{"full":true}"#)
            try await guest.until { $0.stable?.name == "v2" }
            let strange = try await guest.ask(
                "POST", "/v1/rollouts/checkout/undo", token: token, body: #"{"release":"v7"}"#)
            #expect(strange.status == 409 && strange.body.contains("earlier ones: v1"), "\(strange.body)")
            let undone = try await post("undo").status
            #expect(undone.canary?.release == "v1")
            try await guest.until { $0.stable?.name == "v1" }
            let status = try await guest.ask("GET", "/v1/rollouts/checkout", token: token)
                .decoded(as: RolloutStatus.self)
            #expect(status.history == [], "nobody goes back to what was gone back from by a slip")
            #expect(status.warm.map(\.release) == ["v2"])
        }
    }

    @Test func aFreezeHoldsARolloutUntilSomebodyOverridesItWithAReason() async throws {
        try await House().serve { guest in
            let token = try await guest.token(.operator, named: "alice")
            try await guest.launch(.checkout([.setWeight(weight(20)), .pause(nil)]))
            try await guest.until { $0.isWaiting }
            await guest.loop.use(AlwaysFrozen())
            func post(_ verb: String, _ body: String? = nil) async throws -> Answer {
                try await guest.ask("POST", "/v1/rollouts/checkout/\(verb)", token: token, body: body)
            }
            let refused = try await post("promote")
            #expect(refused.status == 409)
            #expect(refused.body.contains("frozen by year-end (payments): no changes"), "\(refused.body)")
            let silent = try await post("override")
            #expect(silent.status == 409 && silent.body.contains("needs a reason"), "\(silent.body)")
            _ = try await post("override", #"{"reason":"the fix"}"#).command()
            #expect(try await post("promote").command().status.weight == 100)
            let history = try await guest.ask("GET", "/v1/rollouts/checkout/history", token: token)
            #expect(history.body.contains("freeze year-end overridden by token:alice: the fix"))
        }
    }

    @Test(arguments: [#"{"step":0}"#, #"{"step":1,"full":true}"#, #"{"full":"yes"}"#])
    func aPromoteThatMakesNoSenseIsMalformed(body: String) async throws {
        try await House().serve { guest in
            let answer = try await guest.ask(
                "POST", "/v1/rollouts/checkout/promote", token: try await guest.token(.operator), body: body)
            #expect(answer.kind == "malformed")
        }
    }

    @Test func theHistoryIsReadPageByPage() async throws {
        try await House().serve { guest in
            let token = try await guest.token(.viewer)
            try await guest.launch(.checkout([.setWeight(weight(20)), .pause(nil)]))
            try await guest.until { $0.isWaiting }
            func page(_ query: String) async throws -> History {
                try await guest.ask("GET", "/v1/rollouts/checkout/history\(query)", token: token)
                    .decoded(as: History.self)
            }
            let all = try await page("")
            #expect(all.entries.first?.kind == "declared" && all.next == nil)
            #expect(all.entries.first?.who == "git")
            #expect(all.entries.map(\.kind).contains("stepPassed"))
            let first = try await page("?limit=2")
            let rest = try await page("?after=\(first.next ?? 0)&limit=1000")
            #expect(first.entries + rest.entries == all.entries)
            let refused = try await guest.ask("GET", "/v1/rollouts/checkout/history?limit=1001", token: token)
            #expect(refused.status == 400 && refused.message == "limit must be a whole number from 1 to 1000")
        }
    }
}

private struct AlwaysFrozen: FreezeCalendar {
    func freeze(of declaration: Declaration, at moment: Moment, beside overridden: [Freeze]) -> Freeze? {
        let freeze = Freeze(name: "year-end", reason: "no changes", owner: "payments", until: nil)
        return overridden.contains(freeze) ? nil : freeze
    }
}
