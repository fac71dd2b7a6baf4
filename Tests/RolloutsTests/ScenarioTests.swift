import Foundation
import Rollouts
import Testing

/// Each file in `Scenarios` is a lab notebook: prose, a command, dashes, what was seen.
///
/// `HEADGATE_REWRITE=1 swift test --filter ScenarioTests` writes down what is seen now; read the diff.
@Suite struct ScenarioTests {
    @Test(arguments: try scenarios()) func runsAsWritten(_ scenario: Scenario) throws {
        let seen = try scenario.replayed()
        if ProcessInfo.processInfo.environment["HEADGATE_REWRITE"] != nil {
            try seen.write(to: scenario.file, atomically: true, encoding: .utf8)
        }
        #expect(seen == scenario.text)
    }

    @Test(arguments: try scenarios()) func foldingTheLogAnewGivesTheSameState(_ scenario: Scenario) throws {
        let notebook = try scenario.played()
        var folded = Rollout(name: notebook.state.name)
        for entry in notebook.log { folded.apply(entry.event, at: entry.moment) }
        #expect(folded == notebook.state)
        #expect(folded.outstanding == notebook.state.outstanding)
    }

    private static func scenarios() throws -> [Scenario] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scenarios")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "txt" }.map(Scenario.init)
            .sorted { $0.testDescription < $1.testDescription }
    }
}

struct Scenario: CustomTestStringConvertible {
    let file: URL
    let text: String

    init(_ file: URL) throws {
        self.file = file
        text = try String(contentsOf: file, encoding: .utf8)
    }

    var testDescription: String { file.deletingPathExtension().lastPathComponent }

    private var blocks: [[String]] {
        text.components(separatedBy: "\n\n").map { block in
            block.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
        }
    }

    /// The file with every answer as it is given now.
    func replayed() throws -> String {
        var notebook = Notebook()
        let rewritten = try blocks.map { lines in
            let (prose, commands) = Self.parts(lines)
            guard !commands.isEmpty else { return prose.joined(separator: "\n") }
            let answers = try commands.map { try notebook.run($0) }.last ?? []
            return (prose + commands + ["----"] + answers).joined(separator: "\n")
        }
        return rewritten.joined(separator: "\n\n") + "\n"
    }

    func played() throws -> Notebook {
        var notebook = Notebook()
        for command in blocks.flatMap({ Self.parts($0).commands }) { _ = try notebook.run(command) }
        return notebook
    }

    private static func parts(_ lines: [String]) -> (prose: [String], commands: [String]) {
        let prose = lines.prefix { $0.hasPrefix("#") }
        return (Array(prose), Array(lines.dropFirst(prose.count).prefix { $0 != "----" }))
    }
}
