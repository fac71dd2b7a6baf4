import ArgumentParser
import Foundation
import Manifests
import Rollouts

struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check manifests: every error of every file, and exit 1 if there is one.",
        discussion: """
            Files that belong together are given together: a rollout refers to templates by name.

            Example: headgate validate rollouts/ analysis-templates/
            Example: kubectl get rollouts.headgate.dev web -o yaml | headgate validate --run-pods -
            """)

    @Argument(
        help:
            "Files, and folders with everything in them that is named like YAML or JSON; - is the standard input."
    )
    var paths: [String]
    @Flag(help: "Read it as a server does that runs pods: `kubernetes.runsPods`.") var runPods = false
    @Option(name: .shortAndLong, help: "text or json.") var output: OutputFormat = .text

    func run() throws {
        let input = try paths.contains("-") ? standardInput() : nil
        let set = ManifestSet.load(
            paths: paths.filter { $0 != "-" }, beside: input.map { [$0] } ?? [], runsPods: runPods)
        switch output {
        case .json, .yaml: print(try Output.json(Report(set)))
        case .text, .table: show(set)
        }
        if set.hasErrors { throw ExitCode.failure }
    }

    private func standardInput() throws -> ManifestFile {
        let bytes = try FileHandle.standardInput.readToEnd() ?? Data()
        return ManifestFile(path: "-", bytes: [UInt8](bytes))
    }

    private func show(_ set: ManifestSet) {
        for diagnostic in set.diagnostics { print(diagnostic.description) }
        guard !set.hasErrors else { return }
        let found = [
            counted(set.declarations.count, "rollout"), counted(set.templates.count, "analysis template"),
        ]
        print("ok: \(found.joined(separator: ", ")) in \(counted(set.fileCount, "file"))")
    }
}

func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}

private struct Report: Encodable {
    struct Problem: Encodable {
        let file: String
        let line: Int?
        let column: Int?
        let path: String
        let severity: String
        let message: String
    }

    let ok: Bool
    let rollouts: [String]
    let problems: [Problem]

    init(_ set: ManifestSet) {
        ok = !set.hasErrors
        rollouts = set.declarations.map(\.name.text)
        problems = set.diagnostics.map {
            Problem(
                file: $0.file, line: $0.line, column: $0.column, path: $0.path,
                severity: $0.severity.rawValue,
                message: $0.message)
        }
    }
}
