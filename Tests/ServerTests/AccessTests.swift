import Foundation
import Rollouts
import Server
import Testing

/// Who may do what.
@Suite struct AccessTests {
    @Test func withoutATokenNobodyLooks() async throws {
        try await House().serve { guest in
            let answer = try await guest.ask("GET", "/v1/rollouts")
            #expect(answer.status == 401 && answer.kind == "unauthorized")
            #expect(answer.headers["www-authenticate"] == "Bearer realm=\"headgate\"")
        }
    }

    @Test(arguments: ["hg_wrong", "", "Basic abc", "hg_" + String(repeating: "A", count: 200)])
    func aTokenThatIsNotKnownIsRefused(token: String) async throws {
        try await House().serve { guest in
            _ = try await guest.token(.admin)
            #expect(try await guest.ask("GET", "/v1/rollouts", token: token).status == 401)
        }
    }

    @Test func aViewerLooksAndAnOperatorCommandsAndAnAdminMakesTokens() async throws {
        try await House().serve { guest in
            let (viewer, op) = (try await guest.token(.viewer), try await guest.token(.operator))
            let admin = try await guest.token(.admin)
            #expect(try await guest.ask("GET", "/v1/rollouts", token: viewer).status == 200)
            let refused = try await guest.ask("POST", "/v1/rollouts/checkout/pause", token: viewer)
            #expect(refused.status == 403)
            #expect(refused.message == "token:viewer is viewer; this needs the role operator")
            #expect(try await guest.ask("POST", "/v1/rollouts/checkout/pause", token: op).status == 404)
            #expect(
                try await guest.ask("GET", "/v1/tokens", token: op).message.contains("needs the role admin"))
            #expect(try await guest.ask("GET", "/v1/tokens", token: admin).status == 200)
        }
    }

    @Test func aTokenWorksFromItsFirstShowingToItsRevocation() async throws {
        try await House().serve { guest in
            let admin = try await guest.token(.admin)
            let body = #"{"name":"alice","role":"viewer"}"#
            let made = try await guest.ask("POST", "/v1/tokens", token: admin, body: body)
            #expect(made.status == 201)
            let alice = try made.decoded(as: NewToken.self)
            #expect(alice.token.hasPrefix("hg_") && alice.token.utf8.count == 46)
            #expect(try await guest.ask("POST", "/v1/tokens", token: admin, body: body).kind == "taken")
            #expect(try await guest.ask("GET", "/v1/rollouts", token: alice.token).status == 200)
            let list = try await guest.ask("GET", "/v1/tokens", token: admin)
            #expect(!list.body.contains(alice.token))
            #expect(try list.decoded(as: TokenList.self).tokens.map(\.createdBy) == ["test", "token:admin"])
            #expect(try await guest.ask("DELETE", "/v1/tokens/alice", token: admin).status == 204)
            #expect(try await guest.ask("GET", "/v1/rollouts", token: alice.token).status == 401)
            #expect(try await guest.ask("DELETE", "/v1/tokens/alice", token: admin).status == 404)
        }
    }

    @Test(arguments: [
        #"{"name":"a b","role":"viewer"}"#, #"{"name":"","role":"viewer"}"#, #"{"name":"x","role":"root"}"#,
        #"{"name":"x"}"#, #"{"name":"x","role":"viewer","roles":[]}"#,
    ])
    func aTokenThatMakesNoSenseIsNotMade(body: String) async throws {
        try await House().serve { guest in
            let answer = try await guest.ask(
                "POST", "/v1/tokens", token: try await guest.token(.admin), body: body)
            #expect(answer.status == 400 && answer.kind == "malformed")
        }
    }

    @Test func aTokenOutlivesARestartAndStandsNowhereInTheJournal() async throws {
        let house = House()
        let token = try await house.serve { try await $0.token(.viewer) }
        try await house.serve { guest in
            let answer = try await guest.ask("GET", "/v1/rollouts", token: token)
            #expect(answer.status == 200)
        }
        let bytes = try Data(contentsOf: URL(filePath: house.path))
        #expect(bytes.range(of: Data(token.utf8)) == nil)
        #expect(bytes.range(of: Data(token.dropFirst(3).utf8)) == nil)
    }

    @Test(arguments: ["/healthz", "/readyz", "/metrics"])
    func probesAndScrapersNeedNoToken(path: String) async throws {
        try await House().serve { guest in
            let answer = try await guest.ask("GET", path)
            #expect(answer.status == 200)
        }
    }
}
