import Foundation
import Testing

/// The house rules that a reader relies on, held by reading the sources.
///
/// When one of these fails, mend the source; when the house itself changes, change the table here and in
/// ARCHITECTURE.md in the same commit.
@Suite struct HouseTests {
    /// What each module may import, of ours and of others. A folder that is not in here is a module without a rule.
    private static let table: [String: Set<String>] = [
        "Analysis": [],
        "Rollouts": ["Analysis"],
        "Manifests": ["Analysis", "Rollouts", "CYAML", "Foundation", "Glibc"],
        "Journal": ["Analysis", "Rollouts", "GRDB", "Crypto", "Foundation", "Glibc"],
        "Engine": [
            "Analysis", "Rollouts", "Journal", "HeapModule", "DequeModule", "Logging",
            "Synchronization", "Foundation",
        ],
        "Transport": ["CCurl", "CCurlShim", "Foundation", "Glibc"],
        "Kubernetes": ["Transport", "Manifests", "Logging", "Subprocess", "SystemPackage", "Foundation"],
        "Traffic": [
            "Analysis", "Rollouts", "Engine", "Transport", "Kubernetes", "Dispatch", "Foundation", "Glibc",
        ],
        "Workloads": [
            "Analysis", "Rollouts", "Engine", "Transport", "Kubernetes", "Logging", "Foundation",
        ],
        "Sampling": [
            "Analysis", "Rollouts", "Engine", "Transport", "Kubernetes", "Subprocess", "SystemPackage",
            "Foundation",
        ],
        "Signing": ["Crypto", "Foundation"],
        "Gates": ["Analysis", "Rollouts", "Engine", "Transport", "Signing", "Foundation"],
        "Intake": [
            "Analysis", "Rollouts", "Manifests", "Engine", "Journal", "Signing", "Crypto", "Logging",
            "Foundation", "Glibc",
        ],
        "Server": [
            "Analysis", "Rollouts", "Manifests", "Journal", "Engine", "Intake", "Hummingbird",
            "HummingbirdCore", "HTTPTypes", "NIOCore", "Crypto", "Logging", "ServiceLifecycle", "Foundation",
            "Glibc",
        ],
        "Resources": [
            "Analysis", "Rollouts", "Manifests", "Engine", "Transport", "Kubernetes", "Server", "Logging",
        ],
        "Lab": [
            "Transport", "Kubernetes", "Hummingbird", "HTTPTypes", "ServiceLifecycle", "UnixSignals",
            "Logging",
            "Synchronization",
            "Dispatch", "Foundation", "Glibc",
        ],
        "Simulator": [
            "Analysis", "Rollouts", "Journal", "Engine", "Transport", "Traffic", "Sampling", "HeapModule",
            "Logging", "Dispatch", "Synchronization", "Foundation",
        ],
        "Backtest": ["Analysis", "Rollouts", "Simulator", "Foundation"],
        "headgate": [
            "Analysis", "Rollouts", "Manifests", "Journal", "Engine", "Transport", "Kubernetes", "Traffic",
            "Workloads", "Sampling", "Signing", "Gates", "Intake", "Server", "Resources", "Lab", "Simulator",
            "Backtest", "CAllocator",
            "TestCluster", "ArgumentParser",
            "Logging", "Synchronization", "Foundation",
            "Glibc",
        ],
    ]

    @Test func everyModuleImportsWhatTheTableAllows() throws {
        for file in try Source.all() {
            let allowed = try #require(Self.table[file.module], "Sources/\(file.module) is in no table")
            let strangers = file.imports.subtracting(allowed)
            #expect(strangers.isEmpty, "\(file.path) imports \(strangers.sorted())")
        }
    }

    @Test func noTypeIsNamedLikeAModule() throws {
        let modules = Set(Self.table.keys).subtracting(["headgate"])
        for file in try Source.all() {
            let clashes = file.declaredTypes.intersection(modules)
            #expect(clashes.isEmpty, "\(file.path) declares \(clashes.sorted()); qualified names would break")
        }
    }

    /// Each with what to do instead.
    private static let banned: [(String, String)] = [
        ("fatalError(", "throw, or state the broken invariant with precondition"),
        ("try!", "handle the error or let it pass upwards"),
        ("Task.detached", "keep the task below the one that starts it"),
        ("Thread.sleep", "await Task.sleep, or wait for the event itself"),
        ("usleep(", "await Task.sleep, or wait for the event itself"),
        ("FIXME", "mend it, or open an issue"),
        ("XXX", "say what is meant"),
        ("TODO", "open an issue and name it in a sentence"),
    ]

    @Test func nothingBannedIsUsed() throws {
        for file in try Source.all() {
            for (word, instead) in Self.banned where file.text.contains(word) {
                Issue.record("\(file.path) uses \(word); \(instead)")
            }
        }
    }

    @Test func pureModulesAskNoClockAndRollNoDice() throws {
        let words = ["ContinuousClock", "SuspendingClock", "Date()", "random(", "Random", "Task {", "async "]
        for file in try Source.all() where ["Analysis", "Rollouts"].contains(file.module) {
            for word in words where file.code.contains(word) {
                Issue.record("\(file.path) uses \(word): time and chance arrive as values")
            }
        }
    }

    @Test func whatTheCompilerCannotCheckHasAProofBesideIt() throws {
        let unchecked = ["@unchecked Sendable", "nonisolated(unsafe)"]
        for file in try Source.all() {
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() where unchecked.contains(where: { line.contains($0) }) {
                let above = lines[max(0, index - 8)..<index]
                #expect(
                    above.contains { $0.contains("//") },
                    "\(file.path):\(index + 1) needs a comment that proves it")
            }
        }
    }

    @Test func theFunctionsStayShort() throws {
        for file in try Source.all() {
            for (name, length) in file.functions where length > 60 {
                Issue.record("\(file.path): \(name) has \(length) lines; it usually holds two ideas")
            }
        }
    }

    @Test func theDocumentsThatAreNamedAreThere() throws {
        let names = [
            "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "LICENSE",
        ]
        for name in names {
            #expect(
                FileManager.default.fileExists(atPath: Source.root.appending(path: name).path),
                "\(name) is gone")
        }
    }
}
