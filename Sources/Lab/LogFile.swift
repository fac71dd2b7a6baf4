import Foundation

/// What a part wrote, to be shown when it fails.
package struct LogFile: Sendable, Hashable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// The end of the log, from the start of a line. Empty where nothing was written.
    package func tail(bytesMax: Int = 4096) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        do {
            let end = try file.seekToEnd()
            let start = end > UInt64(bytesMax) ? end - UInt64(bytesMax) : 0
            try file.seek(toOffset: start)
            let text = String(decoding: try file.read(upToCount: bytesMax) ?? Data(), as: UTF8.self)
            return start == 0 ? text : String(text.drop { $0 != "\n" }.dropFirst())
        } catch {
            return "\(path) can't be read: \(error.localizedDescription)"
        }
    }
}
