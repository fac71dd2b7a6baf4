import Rollouts

/// Makes Envoy read a file once more, and learns from its counters whether it takes it.
///
/// Envoy's admin interface shows what it has, and only counts what it did not take (1.40 has no `error_state` for
/// routes). A count alone does not tell which content was counted, so the same content is moved in again and the
/// counts before and after are compared. That reaches an Envoy that overlooked the first move, too.
struct Rereading: Sendable {
    let document: RouteDocument
    let file: RouteFile
    let admin: EnvoyAdmin
    private let sleep: Sleep

    init(_ confirmation: Confirmation) {
        (document, file, admin) = (confirmation.document, confirmation.file, confirmation.admin)
        sleep = confirmation.pace.sleep
    }

    /// Throws when Envoy declines. Otherwise it says what to add to the message while the route does not come.
    func hint() async throws(RouteFailure) -> String {
        do {
            guard let before = try await admin.updates(of: document.target.route) else {
                return "; none of its listeners asks for a route of that name"
            }
            let log = EnvoyLog(try await admin.logPath(), in: file.store)
            try await file.putAgain(document)
            return try await hint(since: before, log)
        } catch let failure as RouteFailure {
            throw failure
        } catch {
            // It could be asked a moment ago; the next look says more.
            return ""
        }
    }

    private func hint(since before: RouteUpdates, _ log: EnvoyLog?) async throws -> String {
        for milliseconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] {
            let now = try await admin.updates(of: document.target.route) ?? before
            if now.refusals > before.refusals {
                // Begun is finished, deadline or not: the rejected file must not be left in its place.
                throw await Task { await rejection(log) }.value
            }
            if now.attempts > before.attempts { return "" }
            try await sleep(.milliseconds(milliseconds))
        }
        return "; it does not read \(file.path): name that file in the listener's `path_config_source`"
    }

    private func rejection(_ log: EnvoyLog?) async -> RouteFailure {
        let said = await log?.refusal(sleep)
        let known = said == nil ? await missingClusters() : nil
        let reason = said ?? known ?? "it does not say why"
        let source =
            said == nil
            ? "; its own words are in \(log?.path ?? "its log (set `log` to have them here)")" : ""
        return RouteFailure(
            .rejected,
            "\(admin.name) rejected version \(document.version): \(reason)\(source); \(await restored())")
    }

    /// The usual reason, found out by asking.
    private func missingClusters() async -> String? {
        // Without an answer there is only the log to point to.
        guard let known = try? await admin.clusters() else { return nil }
        let missing = document.target.backends.names.filter { !known.contains($0) }
        guard !missing.isEmpty else { return nil }
        return
            "unknown cluster \(missing.joined(separator: ", ")); known: \(known.sorted().joined(separator: ", "))"
    }
}
