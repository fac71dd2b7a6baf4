import Kubernetes
import Rollouts
import Transport

/// Where the entries of a target are read and written; whoever watches them is told of both, unless it is a look on which
/// nothing is built (`rollout` is none): what only that has seen must not pass for known.
protocol EntryStore: Sendable {
    func read(_ name: EntryName) async throws(RouteFailure) -> ConsulEntry

    /// Whether it was written: not, when somebody else has changed the entry meanwhile.
    func put(_ write: EntryWrite) async throws(RouteFailure) -> Bool

    func delete(_ entry: ConsulEntry) async throws(RouteFailure)
}

/// Consul's own config entries.
struct ConfigEntries: EntryStore {
    let api: ConsulAPI
    let watch: EntryWatch
    let rollout: RolloutName?

    func read(_ name: EntryName) async throws(RouteFailure) -> ConsulEntry {
        do throws(ConsulError) {
            let entry = try await api.read(name)
            if let rollout { await watch.learn(entry, of: rollout) }
            return entry
        } catch {
            throw RouteFailure(error)
        }
    }

    func put(_ write: EntryWrite) async throws(RouteFailure) -> Bool {
        do throws(ConsulError) {
            guard try await api.put(write) else { return false }
            if let rollout { await watch.learn(write.document, at: write.name, of: rollout) }
            return true
        } catch {
            throw RouteFailure(error)
        }
    }

    func delete(_ entry: ConsulEntry) async throws(RouteFailure) {
        do throws(ConsulError) {
            try await api.delete(entry)
            if let rollout { await watch.learn(ConsulEntry(entry.name, nil), of: rollout) }
        } catch {
            throw RouteFailure(error)
        }
    }
}
