import Analysis
import Engine
import Journal
import Rollouts
import Server
import Testing

/// What is in a release's way, before it is moved.
@Suite struct PreflightTests {
    private static let missing = Finding(
        .error, "objects", "VirtualService shop/web", "is not there", why: "it holds the weights",
        mend: "create it")
    private static let plain = Finding(
        .warning, "mtls", "namespace shop", "takes plain text too", why: "anybody may ask", mend: "set STRICT"
    )

    private func declaration(requiresMTLS: Bool = false) -> Declaration {
        var declaration = Declaration.checkout([.setWeight(weight(20)), .pause(nil)])
        declaration.preflight = Preflight(requiresMTLS: requiresMTLS)
        return declaration
    }

    private func preflight(_ guest: Guest) async throws -> PreflightAnswer {
        let token = try await guest.token(.viewer, named: "viewer-\(UInt64.random(in: 0...UInt64.max))")
        return try await guest.ask("GET", "/v1/rollouts/checkout/preflight", token: token)
            .decoded(as: PreflightAnswer.self)
    }

    @Test func whoeverMayReadMayLookBeforeAnythingIsStarted() async throws {
        try await House().serve { guest in
            _ = try await guest.loop.submit(
                .declare(declaration()), to: RolloutName("checkout"), by: "git")
            #expect(try await preflight(guest) == PreflightAnswer(RolloutName("checkout"), []))
            await guest.mesh.find(Self.plain, Self.missing)
            let answer = try await preflight(guest)
            #expect(answer.errors == 1 && answer.warnings == 1)
            #expect(answer.findings == [Self.missing, Self.plain])
            let rollout = await guest.loop.rollout(RolloutName("checkout"))
            #expect(rollout?.sequence == 1, "a look is written down nowhere")
        }
    }

    @Test func aRolloutThatNobodyDeclaredIsUnknown() async throws {
        try await House().serve { guest in
            let token = try await guest.token(.viewer)
            let answer = try await guest.ask("GET", "/v1/rollouts/none/preflight", token: token)
            #expect(answer.kind == "unknownRollout")
        }
    }

    @Test func anErrorRefusesTheStartAndTheStatusSaysWhy() async throws {
        try await House().serve { guest in
            try await guest.launch(declaration())
            try await guest.until { $0.isWaiting }
            _ = try await guest.loop.submit(.abort(why: nil), to: RolloutName("checkout"), by: "alice")
            await guest.mesh.find(Self.missing)
            _ = try await guest.loop.submit(.start(release: "v3"), to: RolloutName("checkout"), by: "ci")
            try await guest.until { $0.isAborted && $0.landed == "v3" }
            let rollout = try #require(await guest.loop.rollout(RolloutName("checkout")))
            #expect(rollout.routing?.route == .all(to: .a))
            let status = RolloutStatus(rollout, at: rollout.lastEventAt)
            #expect(status.phase == .degraded)
            #expect(
                status.failure?.reason
                    == "not started, nothing was routed: VirtualService shop/web: is not there; create it")
        }
    }

    @Test func aWarningIsWrittenDownAndShown() async throws {
        try await House().serve { guest in
            await guest.mesh.find(Self.plain)
            try await guest.launch(declaration())
            try await guest.until { $0.isWaiting }
            let rollout = try #require(await guest.loop.rollout(RolloutName("checkout")))
            #expect(RolloutStatus(rollout, at: rollout.lastEventAt).findings == [Self.plain])
            let entries = try await guest.journal.entries(of: rollout.name, after: 0, limit: 100)
            let looks = entries.map(\.event.sentence).filter { $0.hasPrefix("looked at") }
            #expect(
                looks.last
                    == "looked at before the start: 1 warning; namespace shop: takes plain text too; set STRICT"
            )
        }
    }

    @Test func whereMutualTLSIsRequiredNothingStartsWithoutIt() async throws {
        try await House().serve { guest in
            await guest.mesh.find(Self.plain)
            let strict = declaration(requiresMTLS: true)
            _ = try await guest.loop.submit(.declare(strict), to: strict.name, by: "git")
            _ = try await guest.loop.submit(.start(release: "v1"), to: strict.name, by: "ci")
            try await guest.until { $0.isAborted }
            let rollout = try #require(await guest.loop.rollout(strict.name))
            #expect(rollout.routing == nil && rollout.stable == nil)
        }
    }
}
