import Analysis
import Engine
import Foundation
import Intake
import Journal
import Logging
import Rollouts
import Server
import Signing

/// A whole server on a free loopback port: the real loop, the real journal on a temporary file, a scripted mesh
/// and a scripted store. A second `serve` is a restart.
struct House {
    let mesh = Mesh()
    let store = Store()
    let scratch = Scratch()
    var path: String { scratch.path + "/journal.sqlite" }
    let readiness = Readiness(obstacle: nil)
    var limits = APILimits(stopDeadline: .seconds(1))
    let secret = "a secret of CI that is long"

    @discardableResult
    func serve<Value: Sendable>(
        manifests folder: String? = nil, _ body: @Sendable (Guest) async throws -> Value
    ) async throws -> Value {
        let journal = try EventJournal.open(at: path, busyTimeout: .milliseconds(200))
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let clock = SteadyClock(notBefore: try await journal.lastMoment() ?? Moment(microseconds: 0))
        let loop = ControlLoop(
            journal: journal, ports: Ports(routers: [mesh], providers: [store]), clock: clock,
            limits: EngineLimits(journalPatience: .milliseconds(50), journalRetry: .milliseconds(50)),
            log: log)
        try await loop.recover()
        let watcher = folder.map {
            ManifestWatcher(paths: [$0], loop: loop, interval: .milliseconds(50), log: log)
        }
        let tokens = Tokens(journal: journal)
        let (ports, port) = AsyncStream<Int>.makeStream()
        let server = APIServer(
            APIServer.House(
                loop: loop, journal: journal, tokens: tokens,
                hook: CIHook(
                    loop: loop, journal: journal, secrets: [WebhookSecret(secret)].compactMap(\.self)),
                manifests: watcher, readiness: readiness, version: "test"),
            at: .init(port: 0), limits: limits, log: log
        ) { port.yield($0) }
        async let running: Void = loop.run()
        async let serving: Void = server.run()
        guard let number = await ports.first(where: { _ in true }) else { throw Wire.Broken(what: "no port") }
        let guest = Guest(
            wire: Wire(port: number), loop: loop, journal: journal, tokens: tokens, server: server,
            watcher: watcher,
            mesh: mesh, store: store, secret: secret)
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body(guest)) } catch { outcome = .failure(error) }
        await server.stop()
        try await serving
        await loop.stop(within: .seconds(1))
        await running
        try journal.close()
        return try outcome.get()
    }
}

/// Somebody inside the house, with a way to every part of it.
struct Guest: Sendable {
    let wire: Wire
    let loop: ControlLoop
    let journal: EventJournal
    let tokens: Tokens
    let server: APIServer
    let watcher: ManifestWatcher?
    let mesh: Mesh
    let store: Store
    let secret: String

    func token(_ role: Role, named name: String? = nil) async throws -> String {
        try await tokens.issue(name: name ?? role.rawValue, role: role, by: "test")
    }

    func ask(
        _ method: String, _ path: String, token: String? = nil, body: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"]
        if let token { lines.append("Authorization: Bearer \(token)") }
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        if body != nil, headers["Content-Type"] == nil { lines.append("Content-Type: application/json") }
        lines += headers.map { "\($0.key): \($0.value)" }
        return try await wire.exchange(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
    }

    /// v1 is stable, v2 is at its first step.
    func launch(_ declaration: Declaration) async throws {
        _ = try await loop.submit(.declare(declaration), to: declaration.name, by: "git")
        _ = try await loop.submit(.start(release: "v1"), to: declaration.name, by: "ci")
        try await until(declaration.name) { $0.stable?.name == "v1" && $0.routing?.isApplied == true }
        _ = try await loop.submit(.start(release: "v2"), to: declaration.name, by: "ci")
    }

    func until(_ name: RolloutName = RolloutName("checkout"), _ claim: (Rollout) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if let rollout = await loop.rollout(name), claim(rollout) { return }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw Wire.Broken(what: await loop.rollout(name).map { "\($0)" } ?? "no rollout")
    }
}

extension Answer {
    /// The kind of the error, or the body where there is none.
    var kind: String {
        (try? decoded(as: ErrorAnswer.self).error.kind) ?? body
    }

    var message: String {
        (try? decoded(as: ErrorAnswer.self).error.message) ?? body
    }

    func command() throws -> CommandAnswer { try decoded(as: CommandAnswer.self) }
}

extension Rollout {
    var isWaiting: Bool { flight?.stage == .pausing(until: nil) }

    var isAborted: Bool {
        if case .aborted = phase { true } else { false }
    }
}
