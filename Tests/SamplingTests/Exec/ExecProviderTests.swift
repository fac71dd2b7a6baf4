import Analysis
import Foundation
import Testing

@testable import Sampling

/// Programs that measure, really run.
@Suite(.timeLimit(.minutes(1))) struct ExecProviderTests {
    private let provider = ExecProvider(
        ExecSettings(commands: [
            "sh": ["/bin/sh", "-c"], "echo": ["/bin/echo", "-n"], "env": ["/usr/bin/env"],
            "gone": ["/nowhere/program"],
        ]))

    @Test func whatIsPrintedIsTheMeasurement() async {
        #expect(await sample(["echo", " 0.25\n"]) == .value(.float(0.25), warnings: []))
        #expect(await sample(["echo", "ok\n"], output: "text") == .value(.string("ok"), warnings: []))
        #expect(
            await sample(["echo", #"{"a": [1, 2]}"#], output: "json", path: "{$.a[1]}")
                == .value(.float(2), warnings: []))
    }

    @Test func argumentsAreNoShells() async {
        #expect(
            await sample(["echo", "$HOME; `id` $(id)"], output: "text")
                == .value(.string("$HOME; `id` $(id)"), warnings: []))
    }

    @Test func aCommandThatTheConfigurationDoesNotNameIsNotRun() async {
        for name in ["/bin/echo", "id", ""] {
            let failure = failure(await sample([name, "1"]))
            #expect(failure?.kind == .refused)
            #expect(failure?.message.contains("exec.commands") == true)
        }
        #expect(failure(await ExecProvider(ExecSettings()).sample(query(["sh"]), at: now))?.kind == .refused)
    }

    @Test func aProgramSeesTheEnvironmentThatItIsGivenAndNoOther() async {
        setenv("HEADGATE_TEST_SECRET", "not-for-programs", 1)
        setenv("HEADGATE_TEST_PASSED", "passed", 1)
        let provider = ExecProvider(
            ExecSettings(commands: ["env": ["/usr/bin/env"]], inherited: ["HEADGATE_TEST_PASSED"]))
        var query = query(["env"], output: "text")
        query.details = .map(
            (query.details?.members ?? [:]).merging(["env": .map(["GIVEN": .string("a b")])]) { $1 })
        guard case .value(.string(let text), _) = await provider.sample(query, at: now) else {
            Issue.record("no text")
            return
        }
        #expect(
            Set(text.split(separator: "\n"))
                == ["GIVEN=a b", "HEADGATE_TEST_PASSED=passed", "PATH=/usr/local/bin:/usr/bin:/bin"])
    }

    @Test func whatGoesWrongIsToldApart() async {
        let failed = failure(await sample(["sh", "echo cannot ask >&2; exit 3"]))
        #expect(failed?.kind == .outage)
        #expect(failed?.message.contains("cannot ask") == true)
        #expect(failure(await sample(["echo", ""]))?.kind == .noData)
        #expect(failure(await sample(["echo", "n/a"]))?.kind == .refused)
        #expect(failure(await sample(["echo", "{"], output: "json"))?.kind == .refused)
        #expect(failure(await sample(["echo", "{}"], output: "json", path: "{$.a}"))?.kind == .noData)
        let gone = failure(await sample(["gone"]))
        #expect(gone?.kind == .refused)
        #expect(gone?.message.contains("/nowhere/program") == true)
    }

    @Test func aProgramThatPrintsTooMuchIsStopped() async {
        let failure = failure(await sample(["sh", "yes"], output: "text"))
        #expect(failure?.kind == .refused)
        #expect(failure?.message.contains("print less") == true)
    }

    @Test func atTheDeadlineItDiesWithAllThatItStarted() async throws {
        let file = NSTemporaryDirectory() + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: file) }
        let start = ContinuousClock.now
        let sample = await sample(
            ["sh", "sleep 60 & echo $! > \(file); trap '' TERM; wait"], timeout: .milliseconds(500))
        #expect(failure(sample)?.kind == .outage)
        #expect(failure(sample)?.message.contains("did not end within") == true)
        #expect(ContinuousClock.now - start < .seconds(10))
        let child = try #require(Int32(String(contentsOfFile: file, encoding: .utf8).dropLast()))
        for _ in 0..<100 where isRunning(child) { try await Task.sleep(for: .milliseconds(20)) }
        #expect(!isRunning(child))
    }

    @Test func noMoreRunAtOnceThanTheConfigurationSays() async {
        let provider = ExecProvider(ExecSettings(commands: ["sh": ["/bin/sh", "-c"]], concurrency: 1))
        let slow = query(["sh", "sleep 0.3; echo 1"])
        let start = ContinuousClock.now
        await withTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    #expect(await provider.sample(slow, at: now) == .value(.float(1), warnings: []))
                }
            }
        }
        #expect(ContinuousClock.now - start >= .milliseconds(900))
        // One that waits in vain gives its place back.
        async let first = provider.sample(query(["sh", "sleep 0.5; echo 1"]), at: now)
        try? await Task.sleep(for: .milliseconds(100))
        #expect(
            failure(await provider.sample(query(["sh", "echo 1"], timeout: .milliseconds(100)), at: now))?
                .kind == .outage)
        #expect(await first == .value(.float(1), warnings: []))
        #expect(await provider.sample(query(["sh", "echo 1"]), at: now) == .value(.float(1), warnings: []))
    }

    private let now = Moment(microseconds: 0)

    private func sample(
        _ command: [String], output: String = "number", path: String? = nil, timeout: Duration = .seconds(20)
    ) async -> Sample {
        await provider.sample(query(command, output: output, path: path, timeout: timeout), at: now)
    }

    private func query(
        _ command: [String], output: String = "number", path: String? = nil, timeout: Duration = .seconds(20)
    ) -> Query {
        var details: [String: Value] = [
            "command": .array(command.map(Value.string)), "output": .string(output),
        ]
        details["jsonPath"] = path.map(Value.string)
        return Query(
            provider: "exec", text: command.joined(separator: " "), timeout: timeout, details: .map(details))
    }

    /// A zombie that nobody has waited for yet does not run.
    private func isRunning(_ process: Int32) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
            return false
        }
        return stat.split(separator: ") ").last?.first != "Z"
    }
}
