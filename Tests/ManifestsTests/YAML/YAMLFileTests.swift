import Foundation
import Manifests
import Testing

/// Files are read by path from places where anybody may have put anything.
final class YAMLFileTests {
    private let folder = NSTemporaryDirectory() + "headgate-yaml-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        // A folder left behind in the temporary folder harms nobody.
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func path(_ name: String) -> String { folder + "/" + name }

    private func problem(_ path: String) -> String? {
        let diagnostics = Diagnostics()
        _ = YAMLReader().readFile(path, name: "f.yaml", diagnostics)
        return diagnostics.sorted.first?.description
    }

    @Test func aFileIsReadUnderTheNameItIsGiven() throws {
        try Data("a: 1\n".utf8).write(to: URL(fileURLWithPath: path("a.yaml")))
        let diagnostics = Diagnostics()
        let documents = YAMLReader().readFile(path("a.yaml"), name: "rollouts/a.yaml", diagnostics)
        #expect(documents.map(\.root.outline) == ["{a=1}"])
        #expect(documents.first?.root.mark.file == "rollouts/a.yaml")
        #expect(diagnostics.sorted.isEmpty)
    }

    @Test func symbolicLinksAreFollowed() throws {
        try Data("a: 1\n".utf8).write(to: URL(fileURLWithPath: path("a.yaml")))
        try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: path("a.yaml"))
        #expect(try YAMLReader().readFile(path("link")).map(\.root.outline) == ["{a=1}"])
    }

    @Test func aHugeFileIsRefusedUnread() throws {
        #expect(FileManager.default.createFile(atPath: path("huge"), contents: nil))
        #expect(truncate(path("huge"), 100 << 20) == 0)
        #expect(problem(path("huge")) == "f.yaml: the file is larger than 1 MiB")
    }

    @Test func aFileOfTheLimitIsRead() throws {
        let limits = YAMLLimits(bytes: 200_000)
        try Data(repeating: 0x61, count: 200_000).write(to: URL(fileURLWithPath: path("full")))
        #expect(try YAMLFile.read(path: path("full"), limits: limits).count == 200_000)
        #expect(throws: Diagnostic.self) {
            try YAMLFile.read(path: self.path("full"), limits: YAMLLimits(bytes: 199_999))
        }
    }

    @Test func aFolderIsRefused() {
        #expect(problem(folder) == "f.yaml: this is a folder; name a file")
    }

    @Test func aPipeIsRefusedWithoutWaitingForAWriter() {
        #expect(mkfifo(path("pipe"), 0o600) == 0)
        #expect(problem(path("pipe")) == "f.yaml: this is a pipe or a device; name a regular file")
    }

    @Test func aDeviceIsRefused() {
        #expect(problem("/dev/zero") == "f.yaml: this is a pipe or a device; name a regular file")
    }

    @Test func aFileThatIsNotThereIsNamed() {
        #expect(problem(path("none")) == "f.yaml: cannot be read: No such file or directory")
        #expect(throws: InvalidDocument.self) { try YAMLReader().readFile(self.path("none")) }
        #expect(problem(path("a\u{0}b")) == "f.yaml: a path may not contain a NUL")
    }

    /// A user who may read everything cannot be refused.
    @Test(.enabled(if: getuid() != 0)) func anUnreadableFileIsNamed() throws {
        try Data().write(to: URL(fileURLWithPath: path("secret")))
        #expect(chmod(path("secret"), 0) == 0)
        #expect(problem(path("secret")) == "f.yaml: cannot be read: Permission denied")
    }

    #if os(Linux)
        /// Its size is said to be zero.
        @Test func aFileThatLiesAboutItsSizeIsReadUpToTheLimit() throws {
            #expect(try !YAMLFile.read(path: "/proc/self/status").isEmpty)
            #expect(throws: Diagnostic(file: "/proc/self/status", "the file is larger than 10 bytes")) {
                try YAMLFile.read(path: "/proc/self/status", limits: YAMLLimits(bytes: 10))
            }
        }
    #endif
}
