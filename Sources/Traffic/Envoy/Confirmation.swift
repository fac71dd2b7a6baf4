import Rollouts

/// Waits until one Envoy has a route, or says that it will not take it.
///
/// Envoy's version is the proof. That it does *not* come proves nothing, and Envoy's admin interface does not say
/// that a file was rejected: it counts. The counters alone don't tell which file they counted, so the same content is
/// moved in once more and the counters are compared before and after: this also reaches an Envoy that overlooked
/// the first move. All of it happens only where a route is late; the ordinary case costs two or three looks.
struct Confirmation: Sendable {
    let document: RouteDocument
    /// The document as Envoy is to show it: read once, compared at every look.
    private let wanted: BorneRoute
    let file: RouteFile
    let admin: EnvoyAdmin
    let pace: Pace

    init(_ document: RouteDocument, _ file: RouteFile, _ admin: EnvoyAdmin, _ pace: Pace) {
        (self.document, self.file, self.admin, self.pace) = (document, file, admin, pace)
        wanted = BorneRoute(parsing: document.bytes)
    }

    /// None when Envoy shows the route. Cancelled, it says what was last known.
    func failure() async -> RouteFailure? {
        do throws(RouteFailure) {
            try await wait()
            return nil
        } catch {
            return error
        }
    }

    private func wait() async throws(RouteFailure) {
        var last = RouteFailure(.unverified, "\(admin.name) was not asked before the deadline")
        var looks = 0
        var hint = ""
        while true {
            let sight = await EnvoySight(of: document.target.route, at: admin)
            if sight.shows(wanted) { return }
            if Task.isCancelled { throw last }
            last = lateness(sight, hint)
            // An Envoy that was away reads the file when it starts: it is given the same time again.
            looks = last.kind == .unavailable ? 0 : looks + 1
            if looks == looksBeforeDoubt { hint = try await Rereading(self).hint() }
            guard await pause(after: looks) else { throw last }
        }
    }

    private func lateness(_ sight: EnvoySight, _ hint: String) -> RouteFailure {
        guard case .failure = sight.outcome else {
            return RouteFailure(.unverified, "\(sight), and not yet version \(document.version)\(hint)")
        }
        return RouteFailure(.unavailable, "\(sight)")
    }

    private func pause(after looks: Int) async -> Bool {
        guard let longest = pace.pauses.last else { return false }
        let pause = pace.pauses.dropFirst(max(0, looks - 1)).first ?? longest
        return (try? await pace.sleep(pause)) != nil
    }
}

/// With the usual pauses: 63 ms.
private let looksBeforeDoubt = 7
