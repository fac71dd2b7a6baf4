import Foundation
import Lab
import Server
import Testing
import Transport

@testable import headgate

/// The server moves the traffic of a real Envoy by the entries of a real Consul, under load.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ConsulTests {
    private static let scenarios: [DemoScenario] = [.consul, .consulBad]

    /// The demo tells the same stories.
    @Test func aGoodReleaseClimbsDespiteMeddlingAndABadOneIsTakenBackDespiteARestart() async throws {
        try await withLab { rig in
            let report = try await withConsul(
                in: rig, program: try theProgram(), manifest: DemoManifest.consul
            ) { installation, stage in
                var report = DemoReport()
                for (number, scenario) in Self.scenarios.enumerated() {
                    var play = DemoPlay(
                        installation: installation, scenario: scenario, version: "v\(number + 2)",
                        perSecond: 200, show: { _, _ in }, say: { _ in })
                    play.consul = stage
                    report.scenarios.append(try await play.run())
                }
                let evidence = try await installation.entries("routed")
                #expect(evidence.contains { $0.sentence.contains("accepted by the discovery chain") })
                #expect(await stage.follower.trouble == nil)
                return report
            }
            #expect(report.trouble(of: Self.scenarios) == nil, "\(report.text)")
            #expect(report.scenarios.allSatisfy { $0.requests > 500 }, "\(report.text)")
            #expect(report.scenarios.allSatisfy { $0.failedByShift == 0 }, "\(report.text)")
            #expect(report.scenarios.last?.breachToStableMs != nil, "\(report.text)")
        }
    }
}

/// Two server processes, one journal, one lock in Consul.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ConsulLeaderTests {
    @Test func aLeaderThatIsStoppedHandsOverAndOneThatIsKilledIsFollowed() async throws {
        try await withLab { rig in
            let consul = try await rig.startConsul()
            let pair = try ConsulPair(consul, rig, program: try theProgram())
            for server in pair.servers { try await rig.start(server) }
            let first = try await pair.leader()
            let epoch = try await pair.lock()["ModifyIndex"]?.integer ?? 0
            #expect(try await pair.readiness(of: 1 - first).contains("standing by"))
            await pair.servers[first].stop()
            #expect(try await pair.leader() == 1 - first)
            let second = try await pair.lock()["ModifyIndex"]?.integer ?? 0
            #expect(second > epoch && epoch > 0)
            // It gave the lock back, or this would have taken as long as a session.
            try await pair.servers[first].start()
            await pair.servers[1 - first].crash()
            #expect(try await pair.leader() == first)
            #expect(try await pair.lock()["ModifyIndex"]?.integer ?? 0 > second)
        }
    }

    /// It must not write any more when somebody else may.
    @Test func aLeaderWhoseSessionIsEndedEnds() async throws {
        try await withLab { rig in
            let consul = try await rig.startConsul()
            let pair = try ConsulPair(consul, rig, program: try theProgram())
            try await rig.start(pair.servers[0])
            _ = try await pair.leader()
            let session = try #require(try await pair.lock()["Session"]?.string)
            _ = try await rig.http.send(
                HTTPRequest(.put, "\(consul.url)/v1/session/destroy/\(session)"))
            for _ in 0..<400 {
                if await pair.servers[0].pid == nil { break }
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(await pair.servers[0].pid == nil)
            let log = pair.servers[0].log.tail()
            #expect(log.contains("not leading any more: Consul has ended the session"), "\(log)")
        }
    }
}

private struct ConsulPair: Sendable {
    let servers: [Daemon]
    private let urls: [String]
    private let consul: ConsulProcess
    private let http: any HTTPSender

    init(_ consul: ConsulProcess, _ rig: Rig, program: String) throws {
        self.consul = consul
        http = rig.http
        try FileManager.default.createDirectory(
            atPath: "\(rig.folder)/rollouts", withIntermediateDirectories: true)
        let ports = try [FreePort.take(), FreePort.take()]
        urls = ports.map { "http://127.0.0.1:\($0)" }
        servers = try ports.enumerated().map { number, port in
            let path = "\(rig.folder)/headgate-\(number).yaml"
            let configuration = """
                apiVersion: headgate.dev/v1alpha1
                kind: Configuration
                listen: 127.0.0.1:\(port)
                journal: journal.sqlite
                manifests: [rollouts]
                consul:
                  address: "\(consul.url)"
                  leaderElection: {leaseDuration: 10s, renewDeadline: 8s, retryPeriod: 200ms}

                """
            try configuration.write(toFile: path, atomically: true, encoding: .utf8)
            return Daemon(
                "headgate-\(number)",
                .init(program, ["serve", "--config", path], log: "\(rig.folder)/headgate-\(number).log"),
                readyURL: "http://127.0.0.1:\(port)/healthz", http: rig.http)
        }
    }

    /// Which of them is ready, as soon as one is.
    func leader(within limit: Duration = .seconds(90)) async throws -> Int {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            for (number, url) in urls.enumerated() {
                let answer = try? await http.send(HTTPRequest(.get, "\(url)/readyz", timeout: .seconds(2)))
                if answer?.status == 200 { return number }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw CommandError("neither of the two servers leads after \(limit)")
    }

    func readiness(of number: Int) async throws -> String {
        let answer = try await http.send(HTTPRequest(.get, "\(urls[number])/readyz", timeout: .seconds(2)))
        return String(decoding: answer.body, as: UTF8.self)
    }

    func lock() async throws -> JSON {
        let answer = try await http.send(HTTPRequest(.get, "\(consul.url)/v1/kv/headgate/leader"))
        return try JSON(parsing: answer.body)[0] ?? .null
    }
}
