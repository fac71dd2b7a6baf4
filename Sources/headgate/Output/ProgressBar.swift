import Foundation
import Glibc

/// How far something has come, in one line of a terminal; nothing where nobody looks.
struct ProgressBar {
    private let isShown: Bool
    private var last = ""

    init() {
        isShown = isatty(STDERR_FILENO) == 1
    }

    mutating func show(_ what: String, _ share: Double) {
        let text = Self.text(what, share)
        guard isShown, text != last else { return }
        last = text
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
    }

    mutating func clear() {
        guard isShown, !last.isEmpty else { return }
        last = ""
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }

    static func text(_ what: String, _ share: Double) -> String {
        let share = min(max(share, 0), 1)
        let filled = Int(share * 30)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        return "\(bar) \(Int(share * 100)) %  \(what)"
    }
}
