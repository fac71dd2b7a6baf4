import Foundation
import Synchronization
import Testing

/// Stories that Argo Rollouts' own end-to-end tests tell, told again with its documents: a server as a process, an API
/// server, and pods. `Stories/README.md` lists which is told where, and which is not and why.
///
/// A story is a lab notebook: prose, commands, dashes, what was seen. `HEADGATE_REWRITE=1 swift test --filter
/// StoryTests` writes down what is seen now; read the diff.
@Suite(.serialized) struct StoryTests {
    @Test(arguments: try stories()) func endsAsArgosDoes(_ story: Story) async throws {
        let isRewriting = ProcessInfo.processInfo.environment["HEADGATE_REWRITE"] != nil
        let seen = try await story.told(patiently: isRewriting)
        if isRewriting { try seen.write(to: story.file, atomically: true, encoding: .utf8) }
        #expect(seen == story.text)
    }

    private static func stories() throws -> [Story] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Stories")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "txt" }.map(Story.init)
            .sorted { $0.testDescription < $1.testDescription }
    }
}

struct Story: CustomTestStringConvertible {
    let file: URL
    let text: String

    init(_ file: URL) throws {
        self.file = file
        text = try String(contentsOf: file, encoding: .utf8)
    }

    var testDescription: String { file.deletingPathExtension().lastPathComponent }

    /// The file with every answer as it is given now. What is looked at comes true after a while or not at all; without
    /// patience, an answer that is as written is taken at once.
    func told(patiently: Bool) async throws -> String {
        let told = Mutex<[String]>([])
        let blocks = text.split(separator: "\n\n").map(StoryBlock.init)
        try await StoryStage.open { stage in
            for block in blocks {
                var answer: String?
                for command in block.commands {
                    answer = try await stage.run(command, expecting: patiently ? nil : block.answer)
                }
                let paragraph = block.text(answering: answer)
                told.withLock { $0.append(paragraph) }
            }
        }
        return told.withLock(\.self).joined(separator: "\n\n") + "\n"
    }
}

/// Prose and commands, and what the last command answers.
private struct StoryBlock {
    let lines: [String]
    let answer: String

    init(_ text: Substring) {
        let all = text.split(separator: "\n").map(String.init)
        let dashes = all.firstIndex(of: "----") ?? all.endIndex
        lines = Array(all[..<dashes])
        answer = all[dashes...].dropFirst().joined(separator: "\n")
    }

    /// Each a line, with the indented lines below it.
    var commands: [StoryCommand] {
        lines.filter { !$0.hasPrefix("#") }.reduce(into: []) { commands, line in
            if line.hasPrefix(" "), !commands.isEmpty {
                commands[commands.count - 1].body += line + "\n"
            } else {
                commands.append(StoryCommand(line))
            }
        }
    }

    func text(answering answer: String?) -> String {
        (lines + (answer.map { ["----", $0] } ?? [])).joined(separator: "\n")
    }
}

struct StoryCommand: Sendable {
    let verb: String
    let words: [String]
    /// YAML, indented.
    var body = ""

    init(_ line: String) {
        let all = line.split(separator: " ").map(String.init)
        verb = all.first ?? ""
        words = Array(all.dropFirst())
    }
}
