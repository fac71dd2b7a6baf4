import Foundation
import Testing

@testable import Lab

@Suite final class ToolsTests {
    private let root = NSTemporaryDirectory() + "headgate-tools-\(UUID().uuidString)"

    deinit { try? FileManager.default.removeItem(atPath: root) }

    @Test func envoyIsFoundInAFolderAboveAndBeforeThePath() throws {
        try install("\(root)/.build/tools/envoy")
        try install("\(root)/bin/envoy")
        try install("\(root)/bin/prometheus")
        try FileManager.default.createDirectory(atPath: "\(root)/a/b", withIntermediateDirectories: true)
        let tools = try Tools.find(environment: ["PATH": "/nowhere:\(root)/bin"], from: "\(root)/a/b")
        #expect(tools == Tools(envoy: "\(root)/.build/tools/envoy", prometheus: "\(root)/bin/prometheus"))
        #expect(try Tools.find(environment: ["PATH": "\(root)/bin"], from: "/").envoy == "\(root)/bin/envoy")
    }

    @Test func aMissingToolSaysHowToGetIt() {
        #expect(throws: LabError("envoy is not installed; run `make tools`")) {
            try Tools.find(environment: [:], from: "/")
        }
    }

    @Test func aNamedEnvoyThatIsNoneIsNotReplacedByAnother() {
        #expect(
            throws: LabError("HEADGATE_ENVOY is /nowhere/envoy, which is no program; correct or unset it")
        ) {
            try Tools.find(environment: ["HEADGATE_ENVOY": "/nowhere/envoy"])
        }
    }

    @Test func noPortIsGivenTwice() throws {
        let ports = try (0..<200).map { _ in try FreePort.take() }
        #expect(Set(ports).count == 200)
    }

    private func install(_ path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data("#!/bin/sh\n".utf8), attributes: [.posixPermissions: 0o755]))
    }
}
