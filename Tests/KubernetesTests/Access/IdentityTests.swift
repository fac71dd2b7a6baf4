import Foundation
import Synchronization
import Testing

@testable import Kubernetes
@testable import Transport

/// A clock that a test sets.
private final class HandClock: Sendable {
    private let time = Mutex(Duration.zero)

    func pass(_ duration: Duration) { time.withLock { $0 += duration } }

    var read: @Sendable () -> Duration { { self.time.withLock { $0 } } }
}

private func withToken<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    try await withFolder { folder in
        try put("first\n", folder + "/token")
        return try await body(folder + "/token")
    }
}

private func put(_ text: String, _ path: String) throws {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
}

private let first = Papers(authorization: "Bearer first")
private let second = Papers(authorization: "Bearer second")

/// A plugin that counts how often it is asked, and hands out that number.
private func withCountingPlugin<Value>(
    expiry: String, _ body: (ExecPlugin, String) async throws -> Value
) async throws -> Value {
    try await withFolder { folder in
        let script = """
            #!/bin/sh
            [ -e "\(folder)/broken" ] && exit 1
            echo x >> "\(folder)/calls"
            count=$(wc -l < "\(folder)/calls" | tr -d ' ')
            echo '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status":'
            echo "{\\"token\\": \\"t$count\\"\(expiry)}}"
            """
        try put(script, folder + "/plugin")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/plugin")
        return try await body(ExecPlugin(command: folder + "/plugin"), folder)
    }
}

private func expiry(in seconds: Double) -> String {
    ", \\\"expirationTimestamp\\\": \\\"\(Date(timeIntervalSinceNow: seconds).formatted(.iso8601))\\\""
}

@Suite struct IdentityTests {
    @Test func aPasswordIsWrittenAsBasicAuthentication() async throws {
        let identity = Identity(.basic(user: "me", password: "pw"))
        #expect(try await identity.papers().authorization == "Basic bWU6cHc=")
    }

    @Test func aTokensFileIsReadAnewAfterAMinute() async throws {
        try await withToken { path in
            let clock = HandClock()
            let identity = Identity(.tokenFile(path), now: clock.read)
            #expect(try await identity.papers() == first)
            try put("second", path)
            clock.pass(.seconds(59))
            #expect(try await identity.papers() == first)
            clock.pass(.seconds(1))
            #expect(try await identity.papers() == second)
        }
    }

    @Test func aRefusedTokenIsReadAnewAtOnce() async throws {
        try await withToken { path in
            let identity = Identity(.tokenFile(path), now: HandClock().read)
            #expect(try await identity.papers() == first)
            #expect(try await identity.others(than: first) == nil, "it is still the same")
            try put("second", path)
            #expect(try await identity.others(than: first) == second)
            #expect(try await identity.others(than: first) == second, "who comes later profits from it")
        }
    }

    @Test func aFileThatIsAwayForAMomentDoesNoHarm() async throws {
        try await withToken { path in
            let clock = HandClock()
            let identity = Identity(.tokenFile(path), now: clock.read)
            _ = try await identity.papers()
            try FileManager.default.removeItem(atPath: path)
            clock.pass(.seconds(100))
            #expect(try await identity.papers() == first)
        }
    }

    @Test func aFileThatNeverWasIsNamed() async {
        let found = await refusal { () async throws(KubernetesError) in
            try await Identity(.tokenFile("/nowhere/token")).papers()
        }
        #expect(found?.kind == .unauthenticated)
        #expect(found?.message == "the token's file /nowhere/token can't be read")
    }

    @Test func whatDoesNotRotateIsNotTriedAgain() async throws {
        let identity = Identity(.token("abc"))
        let papers = try await identity.papers()
        #expect(try await identity.others(than: papers) == nil)
    }

    @Test func aPluginIsAskedOnceHoweverManyWait() async throws {
        try await withCountingPlugin(expiry: "") { plugin, _ in
            let identity = Identity(.exec(plugin))
            try await withThrowingTaskGroup(of: Papers.self) { group in
                for _ in 0..<20 { group.addTask { try await identity.papers() } }
                for try await papers in group { #expect(papers.authorization == "Bearer t1") }
            }
            #expect(
                try await identity.others(than: Papers(authorization: "Bearer t1"))?.authorization
                    == "Bearer t2")
        }
    }

    @Test func credentialsAreRenewedBeforeTheyExpire() async throws {
        try await withCountingPlugin(expiry: expiry(in: 600)) { (plugin, _) async throws in
            let clock = HandClock()
            let identity = Identity(.exec(plugin), now: clock.read)
            #expect(try await identity.papers().authorization == "Bearer t1")
            clock.pass(.seconds(500))
            #expect(try await identity.papers().authorization == "Bearer t1")
            clock.pass(.seconds(80))
            #expect(try await identity.papers().authorization == "Bearer t1", "nobody waits for the new one")
            #expect(await eventually { (try? await identity.papers().authorization) == "Bearer t2" })
        }
    }

    @Test func aPluginThatFailsDoesNoHarmUntilTheOldTokenExpires() async throws {
        try await withCountingPlugin(expiry: expiry(in: 600)) { plugin, folder in
            let clock = HandClock()
            let identity = Identity(.exec(plugin), now: clock.read)
            _ = try await identity.papers()
            try put("", folder + "/broken")
            clock.pass(.seconds(580))
            #expect(try await identity.papers().authorization == "Bearer t1")
            clock.pass(.seconds(30))
            let found = await refusal { () async throws(KubernetesError) in try await identity.papers() }
            #expect(found?.kind == .unauthenticated)
        }
    }

    @Test func aRequestThatMeetsARotationIsSentOnceMore() async throws {
        try await withToken { path in
            let sender = ScriptedSender { _, request in
                if request.headers["Authorization"] == "Bearer second" { return .response(.json(pod("web"))) }
                // The first is refused, and the kubelet has written the second meanwhile.
                try? put("second", path)
                return .response(.refusal(401, "Unauthorized", "Unauthorized"))
            }
            let client = client(sender, ClusterAccess(server: testServer, credentials: .tokenFile(path)))
            _ = try await client.read(ObjectReference(.pod, "web", in: "shop"), .ordinary)
            #expect(sender.requests.count == 2)
        }
    }

    @Test func aWatchThatMeetsARotationIsAskedForOnceMore() async throws {
        try await withToken { path in
            let sender = ScriptedSender { _, request in
                if request.headers["Authorization"] == "Bearer second" { return .pieces([]) }
                try? put("second", path)
                return .response(.refusal(401, "Unauthorized", "Unauthorized"))
            }
            let client = client(sender, ClusterAccess(server: testServer, credentials: .tokenFile(path)))
            let query = ObjectQuery(.pod, in: "shop")
            _ = try await client.stream(.watching(query, from: "1", seconds: 1))
            #expect(sender.requests.count == 2)
        }
    }

    @Test func aRefusalThatNothingHelpsAgainstIsTold() async throws {
        let sender = ScriptedSender { _, _ in .response(.refusal(401, "Unauthorized", "Unauthorized")) }
        let client = client(sender)
        let found = await refusal { () async throws(KubernetesError) in
            try await client.read(ObjectReference(.pod, "web", in: "shop"), .ordinary)
        }
        #expect(found?.kind == .unauthenticated)
        #expect(sender.requests.count == 1, "a fixed token is not tried twice")
        #expect(found?.message.contains("secret-token") == false)
    }
}
