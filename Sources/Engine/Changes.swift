package import Rollouts
import Synchronization

/// Which rollouts have changed, for somebody who looks at them when he has the time. What changes twice before he
/// looks is told once.
package final class Changes: Sendable {
    private let names: Mutex<Set<RolloutName>>
    private let bell = Bell()

    init(_ names: some Swift.Sequence<RolloutName>) {
        self.names = Mutex(Set(names))
        bell.ring()
    }

    package func add(_ more: some Swift.Sequence<RolloutName>) {
        names.withLock { $0.formUnion(more) }
        bell.ring()
    }

    /// What has changed since the last time, once something has; none when the task is cancelled. For one reader.
    package func next() async -> Set<RolloutName>? {
        // A new iterator goes on where the last one stopped.
        var rings = bell.rings.makeAsyncIterator()
        while await rings.next() != nil {
            let changed = names.withLock { names in
                defer { names = [] }
                return names
            }
            if !changed.isEmpty { return changed }
        }
        return nil
    }
}
