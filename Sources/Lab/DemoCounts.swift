import Synchronization

/// What a demo service was asked. As JSON: `{"requests": 120, "copies": 30}`.
package struct DemoCounts: Sendable, Hashable, Codable {
    /// Requests of users.
    package var requests = 0
    /// Copies of requests that another release answered: Envoy puts `-shadow` behind their host.
    package var copies = 0

    package init(requests: Int = 0, copies: Int = 0) {
        (self.requests, self.copies) = (requests, copies)
    }
}

/// Where a running demo service counts.
final class DemoCounter: Sendable {
    private let counts = Mutex(DemoCounts())

    var current: DemoCounts { counts.withLock { $0 } }

    func count(host: String) {
        counts.withLock { counts in
            if host.contains("-shadow") { counts.copies += 1 } else { counts.requests += 1 }
        }
    }
}
