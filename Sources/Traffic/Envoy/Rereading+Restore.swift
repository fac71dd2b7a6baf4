import Rollouts

extension Rereading {
    /// Puts back the file of what Envoy has, and tells how that went.
    ///
    /// Envoy keeps the last good split by itself, but only while it runs: started with a file that it rejects, it
    /// answers 404 to everything.
    func restored() async -> String {
        do throws(RouteFailure) {
            guard let (bytes, name) = try await lastGood() else {
                return "it serves nothing under that name, and \(file.path) has no good content to go back to"
            }
            try await file.replace(document, with: bytes)
            return "the last good split stays: \(name)"
        } catch {
            return "the last good split stays in Envoy, but not in the file: \(error.message)"
        }
    }

    /// What Envoy shows is the truth; the copy on the disk is more exact where it says the same, and all there is
    /// where Envoy was started with the rejected file.
    private func lastGood() async throws(RouteFailure) -> (bytes: [UInt8], name: String)? {
        let applied = try await file.lastApplied().map { ($0, BorneRoute(parsing: $0)) }
        let shown = await shown()
        guard let shown, applied?.1 != shown.borne else {
            return applied.map { ($0.0, $0.1.description) }
        }
        return shown.file.map { ($0, shown.borne.description) }
    }

    private func shown() async -> ShownRoute? {
        // An Envoy that can't be asked now leaves the copy on the disk.
        try? await admin.routes(named: document.target.route).first
    }
}
