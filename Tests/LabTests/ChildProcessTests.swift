import Foundation
import Testing

@testable import Lab

@Suite final class ChildProcessTests {
    private let log = NSTemporaryDirectory() + "headgate-child-\(UUID().uuidString).log"

    deinit { try? FileManager.default.removeItem(atPath: log) }

    @Test func aChildsWordsGoToItsLogAndItsEndIsKnown() async throws {
        let child = try await ChildProcess.start(bash("echo hello; echo trouble >&2; exit 3"))
        #expect(await child.waitForEnd() == .exited(code: 3))
        #expect(child.log.tail() == "hello\ntrouble\n")
        #expect(child.log.tail(bytesMax: 10) == "trouble\n")
    }

    @Test func aChildThatIgnoresTheRequestToEndIsKilled() async throws {
        let child = try await ChildProcess.start(
            bash("trap '' TERM; echo ready; while true; do sleep 1; done"))
        try await eventually { child.log.tail() == "ready\n" }
        #expect(await child.terminate(within: .milliseconds(50)) == .killed(signal: SIGKILL))
    }

    @Test func aStopWaitsForTheChildEvenWhenItsTaskIsCancelled() async throws {
        let child = try await ChildProcess.start(
            bash("trap 'sleep 0.2; exit 7' TERM; echo ready; while true; do sleep 0.05; done"))
        try await eventually { child.log.tail() == "ready\n" }
        let stop = Task { await child.terminate(within: .seconds(60)) }
        stop.cancel()
        #expect(await stop.value == .exited(code: 7))
    }

    @Test func anEndedChildLeavesNoZombieAndTakesNoSignal() async throws {
        let child = try await ChildProcess.start(bash("exit 0"))
        await child.waitForEnd()
        #expect(!FileManager.default.fileExists(atPath: "/proc/\(child.pid)"))
        child.signal(SIGKILL)
        #expect(child.ending == .exited(code: 0))
    }

    @Test func manyChildrenRunAtOnce() async throws {
        let endings = try await withThrowingTaskGroup(of: ChildProcess.Ending.self) { group in
            for code in 0..<40 {
                let command = bash("exit \(code)")
                group.addTask { try await ChildProcess.start(command).waitForEnd() }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(endings == Set((0..<40).map { .exited(code: $0) }))
    }

    /// The parent is a bash that runs exactly the line with which we start a child.
    @Test func aParentKilledWithoutWarningTakesItsChildrenWithIt() async throws {
        let line = ChildProcess.Command("/bin/sleep", ["600"], log: "/dev/null").launchLine
        let parent = try await ChildProcess.start(bash("\(line.joined(separator: " ")) & echo $!; wait"))
        try await eventually { parent.log.tail().hasSuffix("\n") }
        let child = try #require(Int32(parent.log.tail().dropLast()))
        try await eventually { commandLine(of: child).hasPrefix("/bin/sleep") }
        // The parent alone, not its group.
        kill(parent.pid, SIGKILL)
        await parent.waitForEnd()
        try await eventually { commandLine(of: child).isEmpty }
    }

    @Test func whatAChildStartedIsKilledWithIt() async throws {
        let child = try await ChildProcess.start(bash("/bin/sleep 600 & echo $!; wait"))
        try await eventually { child.log.tail().hasSuffix("\n") }
        let grandchild = try #require(Int32(child.log.tail().dropLast()))
        #expect(await child.killAtOnce() == .killed(signal: SIGKILL))
        try await eventually { commandLine(of: grandchild).isEmpty }
    }

    private func bash(_ script: String) -> ChildProcess.Command {
        ChildProcess.Command("/bin/bash", ["-c", script], log: log)
    }
}

/// Empty when there is no such process, or only its zombie.
private func commandLine(of pid: Int32) -> String {
    (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? ""
}
