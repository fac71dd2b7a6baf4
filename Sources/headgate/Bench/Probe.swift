import Lab
import Synchronization
import Transport

/// Asks the demo's service again and again, and remembers which release answered last.
final class Probe: Sendable {
    private struct Notes {
        var requests = 0
        var failures = 0
        /// The last answer of anything but the first release, and what came after it.
        var last: ContinuousClock.Instant?
        var sinceThen = 0
        var isOver = false
    }

    private let url: String
    private let http: any HTTPSender
    private let notes = Mutex(Notes())
    /// As the demo's services call themselves.
    static let stable = "v0"
    /// With half of the requests, so many in a row are no accident.
    private static let enough = 60

    init(_ url: String, _ http: any HTTPSender) {
        (self.url, self.http) = (url, http)
    }

    /// All requests, and those that failed.
    var counts: (requests: Int, failures: Int) { notes.withLock { ($0.requests, $0.failures) } }

    func run() async {
        while !Task.isCancelled, !notes.withLock(\.isOver) {
            let answer = try? await http.send(HTTPRequest(.get, url, timeout: .seconds(2)))
            note(answer)
            // Ends with the task: then there is nothing to wait for.
            try? await Task.sleep(for: .milliseconds(1))
        }
    }

    func stop() { notes.withLock { $0.isOver = true } }

    /// When the other release answered for the last time, once it answers no more; none where it never did.
    func lastOfRelease() async throws -> ContinuousClock.Instant? {
        notes.withLock { $0.sinceThen = 0 }
        while notes.withLock({ $0.sinceThen < Self.enough }) { try await Task.sleep(for: .milliseconds(2)) }
        return notes.withLock { notes in
            defer { notes.last = nil }
            return notes.last
        }
    }

    private func note(_ answer: HTTPResponse?) {
        notes.withLock { notes in
            notes.requests += 1
            guard let answer, answer.isSuccess else { return notes.failures += 1 }
            if answer.headers["x-release"] == Self.stable {
                notes.sinceThen += 1
            } else {
                (notes.last, notes.sinceThen) = (.now, 0)
            }
        }
    }
}
