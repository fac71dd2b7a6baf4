import Engine
import Rollouts
import Transport

// Custom resources become entries by the hand of consul-k8s, which says so in their status.

extension ConsulRouter {
    /// Until consul-k8s has made the entry: what is written next is refused by Consul without it.
    func awaitMaking(
        of name: EntryName, _ store: any EntryStore, _ write: RouteWrite
    ) async throws(RouteFailure) {
        guard name.isResource else { return }
        _ = try await madeEntries(write) { () async throws(RouteFailure) in [try await store.read(name)] }
    }

    /// Until consul-k8s has made all entries of the route.
    func awaitMaking(
        of write: RouteWrite, _ proof: inout Proof
    ) async throws(RouteFailure) -> ConsulSight {
        var last: ConsulSight?
        let words = try await madeEntries(write) { () async throws(RouteFailure) in
            let sight = try await sight(of: write.rollout, write.target, write.urgency)
            try sight.checkAcceptance(of: write)
            last = sight
            // What is not ours consul-k8s may have spoken of long ago.
            return [sight.splitter, sight.resolver, sight.router].filter { $0.mark(of: write.rollout) != nil }
        }
        proof.reach(.accepted, "by consul-k8s (\(words.joined(separator: "; ")))")
        guard let last else { return try await sight(of: write.rollout, write.target, write.urgency) }
        return last
    }

    /// What it says of each. Throws what it says against one; and when called off, what was last seen.
    private func madeEntries(
        _ write: RouteWrite, _ entries: () async throws(RouteFailure) -> [ConsulEntry]
    ) async throws(RouteFailure) -> [String] {
        var (waited, pauses) = (Duration.zero, pace.pauses.makeIterator())
        var pause = pace.pauses.first ?? .seconds(1)
        while true {
            let isPatient = waited >= settings.patience || write.isRollback
            var (words, awaited) = ([String](), [String]())
            for entry in try await entries() {
                let noted = entry.mark(of: write.rollout)?.status
                switch SyncStatus(entry).verdict(noted: noted, isPatient: isPatient) {
                case .synced(let text), .undated(let text): words.append(text)
                case .awaited(let text): awaited.append(text)
                case .refused(let kind, let text): throw RouteFailure(kind, text)
                }
            }
            guard !awaited.isEmpty else { return words }
            pause = pauses.next() ?? pause
            do { try await pace.sleep(pause) } catch {
                throw RouteFailure(.unverified, awaited.joined(separator: "; "))
            }
            waited += pause
        }
    }
}
