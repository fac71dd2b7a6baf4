import Analysis
import HeapModule

/// The course of time in the world: what time it is, and what happens next.
///
/// Time passes only when nobody has anything to do.
///
/// `@unchecked Sendable` is right: like all of the world it is touched only by the thread of its executor.
final class Course: @unchecked Sendable {
    private(set) var now: Moment
    private var happenings = Heap<Happening>()
    private var last = 0
    private var sleepers: [Int: Sleeper] = [:]
    private let executor: SimulatedExecutor

    init(start: Moment, executor: SimulatedExecutor) {
        now = start
        self.executor = executor
    }

    /// Something the world does at that moment, whoever is alive then.
    func at(_ moment: Moment, _ deed: @escaping () -> Void) {
        happenings.insert(Happening(moment: max(moment, now), number: next(), deed: deed))
    }

    func after(_ delay: Duration, _ deed: @escaping () -> Void) {
        at(now + delay, deed)
    }

    /// Runs until nothing is left to happen, or somebody says that it is enough.
    func run(while goesOn: () -> Bool) {
        executor.runAll()
        while goesOn(), let happening = happenings.popMin() {
            now = happening.moment
            happening.deed()
            executor.runAll()
        }
    }

    /// Nothing happens any more.
    func stop() { happenings = Heap() }

    private func next() -> Int {
        last += 1
        return last
    }
}

// MARK: - Sleeping

extension Course {
    private struct Sleeper {
        let life: Life
        let continuation: CheckedContinuation<Bool, Never>
    }

    /// A number to wait under, for `wait` and `wake`.
    func reserve() -> Int { next() }

    /// False when the sleep was cut short: cancelled, or its process died.
    func sleep(until moment: Moment, _ life: Life) async -> Bool {
        let number = next()
        at(moment) { [self] in wake(number) }
        return await wait(number, life)
    }

    /// Waits for somebody to wake this number; false when cancelled, or when its process died.
    func wait(_ number: Int, _ life: Life) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled, life.isAlive else { return continuation.resume(returning: false) }
                sleepers[number] = Sleeper(life: life, continuation: continuation)
            }
        } onCancel: {
            sleepers.removeValue(forKey: number)?.continuation.resume(returning: false)
        }
    }

    func wake(_ number: Int) {
        sleepers.removeValue(forKey: number)?.continuation.resume(returning: true)
    }

    /// A process died: whatever it waited for never comes.
    func rouse(_ life: Life) {
        for number in sleepers.filter({ $0.value.life === life }).keys.sorted() {
            sleepers.removeValue(forKey: number)?.continuation.resume(returning: false)
        }
    }
}

private struct Happening: Comparable {
    let moment: Moment
    let number: Int
    let deed: () -> Void

    static func < (left: Happening, right: Happening) -> Bool {
        (left.moment, left.number) < (right.moment, right.number)
    }

    static func == (left: Happening, right: Happening) -> Bool { left.number == right.number }
}
