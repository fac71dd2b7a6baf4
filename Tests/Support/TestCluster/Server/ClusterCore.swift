import Foundation
import Synchronization
import Transport

/// The cluster's state with those who watch it. Everything happens under one lock, so that every watch sees
/// every change, once and in order.
final class ClusterCore: Sendable {
    fileprivate struct Inside {
        var state: ClusterState
        var keeper: PodKeeper?
        var watchers: [Int: Watcher] = [:]
        var watcherCount = 0
        var seen: Int
        var isStopped = false
    }

    private let inside: Mutex<Inside>
    private let wakes: AsyncStream<Date>
    private let wake: AsyncStream<Date>.Continuation

    init(_ state: ClusterState, _ keeper: PodKeeper?) {
        inside = Mutex(Inside(state: state, keeper: keeper, seen: state.storage.revision))
        (wakes, wake) = AsyncStream.makeStream()
    }

    func withState<Value>(_ body: (ClusterState) -> sending Value) -> sending Value {
        inside.withLock { body($0.state) }
    }

    /// Changes the state; controllers do their part, and watches are told, before anybody else comes in.
    func change<Value>(_ body: (inout ClusterState) -> sending Value) -> sending Value {
        inside.withLock { inside in
            let value = body(&inside.state)
            inside.settle(wake)
            return value
        }
    }

    /// Lets controllers do what time has brought, until the task is cancelled or the core is stopped.
    func keepTime() async {
        await withDiscardingTaskGroup { group in
            for await date in wakes {
                group.addTask {
                    guard (try? await Task.sleep(for: .seconds(date.timeIntervalSinceNow))) != nil else {
                        return
                    }
                    self.change { _ in }
                }
            }
            group.cancelAll()
        }
    }

    /// Ends all that waits. Later watches end at once.
    func stop() {
        wake.finish()
        inside.withLock { inside in
            inside.isStopped = true
            inside.endWatches()
        }
    }
}

extension ClusterCore.Inside {
    mutating func settle(_ wake: AsyncStream<Date>.Continuation) {
        if let next = keeper?.reconcile(&state, at: Stamp(Date())) { wake.yield(next) }
        let changes = state.storage.history.filter { $0.revision > seen }
        seen = state.storage.revision
        for watcher in watchers.values { watcher.tell(changes) }
    }

    mutating func endWatches() {
        for watcher in watchers.values { watcher.continuation.finish() }
        watchers = [:]
    }
}

// MARK: - Watches

extension ClusterCore {
    /// The events of a watch, the first of them already in the stream.
    func watch(_ terms: WatchTerms) -> AsyncStream<JSON> {
        let (stream, continuation) = AsyncStream<JSON>.makeStream()
        let watcher = Watcher(terms: terms, continuation: continuation)
        inside.withLock { inside in
            guard watcher.begin(inside.state), !inside.isStopped else { return continuation.finish() }
            inside.watcherCount += 1
            let number = inside.watcherCount
            inside.watchers[number] = watcher
            continuation.onTermination = { [weak self] _ in self?.forget(number) }
        }
        return stream
    }

    var watchCount: Int { inside.withLock { $0.watchers.count } }

    func dropWatches() { inside.withLock { $0.endWatches() } }

    func endWatches(with refusal: Refusal) {
        inside.withLock { inside in
            for watcher in inside.watchers.values { watcher.fail(refusal) }
            inside.watchers = [:]
        }
    }

    func sendBookmarks() {
        inside.withLock { inside in
            for watcher in inside.watchers.values { watcher.mark(inside.state.storage.revision) }
        }
    }

    /// Called from whatever ended the stream, which may hold the lock; so it can't wait for it.
    private func forget(_ number: Int) {
        Task { inside.withLock { $0.watchers[number] = nil } }
    }
}
