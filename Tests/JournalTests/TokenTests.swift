import Testing

@testable import Journal

@Suite struct TokenTests {
    private func token(_ name: String, hash: UInt8) -> StoredToken {
        StoredToken(
            name: name, role: "operator", hash: Array(repeating: hash, count: 32), createdAt: noon,
            createdBy: "token:root")
    }

    @Test func tokensOutliveARestart() async throws {
        let scratch = try Scratch()
        let first = try scratch.open()
        try await first.addToken(token("alice", hash: 1))
        try await first.addToken(token("ci", hash: 2))
        try first.close()
        #expect(try await scratch.open().tokens() == [token("alice", hash: 1), token("ci", hash: 2)])
    }

    @Test func aNameIsTakenOnce() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.addToken(token("alice", hash: 1))
        #expect(try await failure { try await journal.addToken(token("alice", hash: 2)) }.kind == .conflict)
        #expect(try await failure { try await journal.addToken(token("bob", hash: 1)) }.kind == .conflict)
        #expect(try await journal.tokens() == [token("alice", hash: 1)])
    }

    @Test func aRevokedTokenIsGoneAndItsNameFree() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.addToken(token("alice", hash: 1))
        #expect(try await journal.revokeToken("alice"))
        #expect(try await !journal.revokeToken("alice"))
        try await journal.addToken(token("alice", hash: 2))
    }

    @Test func tokensLeaveTheChainAlone() async throws {
        let scratch = try Scratch()
        let journal = try scratch.open()
        try await journal.append(entries("checkout", 2))
        try await journal.addToken(token("alice", hash: 1))
        #expect(try await journal.verify().flaw == nil)
    }
}
