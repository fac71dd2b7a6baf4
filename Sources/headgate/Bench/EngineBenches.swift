import Analysis
import ArgumentParser
import Engine
import Foundation
import Journal
import Lab
import Manifests
import Rollouts

/// A mesh that takes everything at once, where it is not the mesh that is measured.
private struct Instant: TrafficRouter {
    let kind = "envoy"

    func backend(of target: TrafficTarget) -> String { "bench" }

    func write(_ write: RouteWrite) async throws(RouteFailure) -> RouteReceipt {
        RouteReceipt(write: write, text: "taken", token: "")
    }

    func confirm(_ receipt: RouteReceipt) async throws(RouteFailure) -> RouteEvidence {
        RouteEvidence(text: "shown")
    }

    func observe(_ rollout: RolloutName, _ target: TrafficTarget) async throws(RouteFailure) -> ObservedRoute?
    { nil }

    func disturbances() -> AsyncStream<RolloutName> { AsyncStream { $0.finish() } }
}

/// In the wanted folder where there is one, else where temporary files lie.
func withTemporaryFolder<Value>(
    in wanted: String? = nil, _ body: (String) async throws -> Value
) async throws -> Value {
    let place = wanted.flatMap { FileManager.default.isWritableFile(atPath: $0) ? URL(filePath: $0) : nil }
    let folder = (place ?? FileManager.default.temporaryDirectory)
        .appending(path: "headgate-bench-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let outcome: Result<Value, any Error>
    do { outcome = .success(try await body(folder.path)) } catch { outcome = .failure(error) }
    try FileManager.default.removeItem(at: folder)
    return try outcome.get()
}

private func declaration(_ number: Int) -> Declaration {
    let name = "rollout-\(number)"
    let metric = Metric(
        name: "success-rate",
        query: Query(
            provider: "prometheus", text: "sum(rate(requests_total{cluster=\"{{canary.backend}}\"}[1m]))"),
        interval: .seconds(30), successCondition: "result[0] >= 0.95")
    let weights = [5, 20, 50].compactMap { Weight(percent: $0) }
    return Declaration(
        name: RolloutName(name),
        traffic: TrafficTarget(router: "envoy", backends: .init(a: name + "-a", b: name + "-b")),
        plan: Plan(
            steps: weights.flatMap { [.setWeight($0), .pause(.seconds(60))] },
            background: BackgroundAnalysis(metrics: [metric]), judgement: .safe),
        source: "rollouts/\(name).yaml")
}

/// Turns per second through the real, durable journal, from one submitter and from many.
struct TurnBench {
    func run() async throws -> [BenchReport.Turns] {
        var found: [BenchReport.Turns] = []
        for submitters in [1, 16, 256] { found.append(try await run(submitters)) }
        return found
    }

    private func run(_ submitters: Int) async throws -> BenchReport.Turns {
        let each = submitters == 1 ? 500 : max(40, 6_000 / submitters)
        return try await withTemporaryFolder { folder in
            try await withLoop(in: folder, Ports(routers: [Instant()], providers: [])) { loop in
                let time = try await ContinuousClock().measure {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for submitter in 0..<submitters {
                            group.addTask { try await declareAgainAndAgain(submitter, each, loop) }
                        }
                        try await group.waitForAll()
                    }
                }
                let turns = submitters * each
                return BenchReport.Turns(
                    submitters: submitters, turns: turns,
                    turnsPerSecond: Int(Double(turns) / (time / .seconds(1))),
                    commits: await loop.meters.commits)
            }
        }
    }
}

/// What one turn takes while ever more rollouts rest beside it: it should take the same. The journal lies in memory
/// where the machine has a place for that, because the disk's own time would hide the difference.
struct GrowthBench {
    private static let turns = 1_000

    func run() async throws -> [BenchReport.Growth] {
        var found: [BenchReport.Growth] = []
        for rollouts in [10, 1_000, 100_000] { found.append(try await run(rollouts)) }
        return found
    }

    private func run(_ rollouts: Int) async throws -> BenchReport.Growth {
        try await withTemporaryFolder(in: "/dev/shm") { folder in
            try await withLoop(in: folder, Ports(routers: [Instant()], providers: [])) { loop in
                try await declare(rollouts, loop)
                var times: [Duration] = []
                for turn in 0..<Self.turns {
                    var changed = declaration(turn &* 7_919 % rollouts)
                    changed.source = "rollouts/\(turn).yaml"
                    let start = ContinuousClock.now
                    _ = try await loop.submit(.declare(changed), to: changed.name, by: "bench")
                    times.append(ContinuousClock.now - start)
                }
                let sorted = times.map { $0 / .microseconds(1) }.sorted()
                return BenchReport.Growth(
                    rollouts: rollouts, medianTurnMicroseconds: rounded(sorted[sorted.count / 2]),
                    p99TurnMicroseconds: rounded(sorted[sorted.count * 99 / 100]))
            }
        }
    }

    private func declare(_ count: Int, _ loop: ControlLoop) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for submitter in 0..<min(256, count) {
                group.addTask {
                    for number in stride(from: submitter, to: count, by: 256) {
                        let declaration = declaration(number)
                        _ = try await loop.submit(.declare(declaration), to: declaration.name, by: "bench")
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

/// A manifest that changes each time: one turn, one entry, and the answer only when it is on the disk.
private func declareAgainAndAgain(_ submitter: Int, _ times: Int, _ loop: ControlLoop) async throws {
    var declaration = declaration(submitter)
    for time in 0..<times {
        declaration.source = "rollouts/\(time).yaml"
        _ = try await loop.submit(.declare(declaration), to: declaration.name, by: "bench")
    }
}

/// What an idle rollout costs, and how long the engine takes to know all of them again.
struct IdleBench {
    let rollouts: Int

    func run() async throws -> (memory: BenchReport.Idle, ready: BenchReport.Ready) {
        try await withTemporaryFolder { folder in
            let ports = Ports(routers: [Instant()], providers: [])
            try await withLoop(in: folder, ports) { try await fill($0) }
            return try await fold(folder)
        }
    }

    private func fill(_ loop: ControlLoop) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<rollouts {
                group.addTask {
                    let declaration = declaration(number)
                    _ = try await loop.submit(.declare(declaration), to: declaration.name, by: "bench")
                    _ = try await loop.submit(.start(release: "v1"), to: declaration.name, by: "bench")
                }
            }
            try await group.waitForAll()
        }
        for number in 0..<rollouts {
            try await loop.wait(RolloutName("rollout-\(number)"), within: .seconds(300)) {
                $0.phase == .resting
            }
        }
    }

    /// In a process of its own: what the first one has left in its heap would be taken for nothing.
    private func fold(_ folder: String) async throws -> (memory: BenchReport.Idle, ready: BenchReport.Ready) {
        let log = "\(folder)/fold.json"
        let child = try await ChildProcess.start(
            .init(try Tools.thisProgram(), ["bench-fold", "--folder", folder], log: log))
        guard await child.waitForEnd() == .exited(code: 0) else { throw CommandError(LogFile(log).tail()) }
        let folded = try JSONDecoder().decode(Folded.self, from: Data(contentsOf: URL(filePath: log)))
        guard folded.rollouts == rollouts else { throw CommandError("the journal lost rollouts") }
        return (
            BenchReport.Idle(rollouts: rollouts, bytesPerRollout: folded.bytes / rollouts),
            BenchReport.Ready(
                rollouts: rollouts, entries: entriesEach * rollouts, openAndFoldMs: folded.milliseconds)
        )
    }

    /// declared, started, summited, routeAccepted, routed, completed.
    private var entriesEach: Int { 6 }
}

/// What a fresh process needs to know all rollouts again.
private struct Folded: Codable {
    let rollouts: Int
    let bytes: Int
    let milliseconds: Double
}

struct BenchFold: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-fold", abstract: "Fold a journal and say what that took.", shouldDisplay: false)

    @Option(help: "The folder with journal.sqlite.") var folder: String

    func run() async throws {
        let before = residentBytes()
        let start = ContinuousClock.now
        try await withLoop(in: folder, Ports(routers: [Instant()], providers: [])) { loop in
            let time = ContinuousClock.now - start
            giveBackFreedMemory()
            let folded = Folded(
                rollouts: await loop.names.count, bytes: residentBytes() - before,
                milliseconds: rounded(time / .milliseconds(1)))
            print(try Output.json(folded))
        }
    }

    private func residentBytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = status.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4_096
    }
}

struct ValidateBench {
    let files: Int

    func run() throws -> BenchReport.Validation {
        let manifests = (0..<files).map { number in
            ManifestFile(
                path: "rollouts/\(number).yaml",
                bytes: Array(
                    DemoManifest.climbing.replacing("name: checkout", with: "name: rollout-\(number)")
                        .replacing("success-rate", with: "success-rate-\(number)").utf8))
        }
        let times = try (0..<5).map { _ in
            try ContinuousClock().measure {
                let set = ManifestSet.load(manifests)
                guard !set.hasErrors else { throw CommandError("the bench's manifests: \(set.errors[0])") }
            }
        }
        return BenchReport.Validation(files: files, medianMs: rounded(times.sorted()[2] / .milliseconds(1)))
    }
}
