import Foundation

/// A folder that is gone when its test is.
final class Scratch: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "headgate-\(UUID())").path

    init() {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            preconditionFailure("no folder for the test: \(error)")
        }
    }

    deinit {
        // What can't be removed is left to whoever cleans the folder of temporary files.
        try? FileManager.default.removeItem(atPath: path)
    }
}
