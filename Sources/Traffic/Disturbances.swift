import Rollouts

/// The rollouts whose routes somebody else may have changed: each is told once, however often it was noticed, to one
/// reader. Belongs to the actor that watches.
final class Disturbances {
    private var pending: [RolloutName] = []
    private(set) var isClosed = false
    private let bells: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    init() {
        (bells, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ rollout: RolloutName) {
        if !pending.contains(rollout) { pending.append(rollout) }
        bell.yield()
    }

    /// None when closed.
    func next(isolation: isolated any Actor = #isolation) async -> RolloutName? {
        while pending.isEmpty {
            // A new iterator goes on where the last one stopped.
            var iterator = bells.makeAsyncIterator()
            guard !isClosed, await iterator.next(isolation: isolation) != nil else { return nil }
        }
        return pending.removeFirst()
    }

    func close() {
        isClosed = true
        bell.finish()
    }
}
