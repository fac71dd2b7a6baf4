import Rollouts
import Transport

/// Watches the entries that routes were written to by Consul's blocking queries, and tells whose routes somebody else
/// may have changed.
///
/// One question for each kind of entry in each namespace, however many rollouts have entries there.
actor EntryWatch {
    private let api: ConsulAPI
    private let sleep: Sleep
    /// What was last seen in each entry by the engine's eyes, rollout by rollout; null: it is not there.
    private var known: [EntryName: [RolloutName: Glimpse]] = [:]
    private var shown: [EntryShelf: Showing] = [:]
    private var watches: [EntryShelf: Task<Void, Never>] = [:]
    /// How many orders of a rollout are being carried out: changes may be our own then.
    private var busy: [RolloutName: Int] = [:]
    private let disturbances = Disturbances()

    private struct Glimpse: Hashable {
        /// None after a write of our own, until the entry was read back.
        let index: Int?
        let content: JSON
    }

    private struct Showing {
        let index: UInt64
        let entries: [String: JSON]
    }

    init(_ api: ConsulAPI, sleep: @escaping Sleep) {
        self.api = api
        self.sleep = sleep
    }

    deinit {
        for watch in watches.values { watch.cancel() }
    }

    /// The next rollout whose entries are not as the engine knows them; none when closed. For one reader.
    func next() async -> RolloutName? {
        await disturbances.next()
    }

    func begin(_ rollout: RolloutName) { busy[rollout, default: 0] += 1 }

    func end(_ rollout: RolloutName) {
        busy[rollout, default: 1] -= 1
        guard busy[rollout] == 0 else { return }
        busy[rollout] = nil
        for name in known.keys where known[name]?[rollout] != nil { judge(name, for: rollout) }
    }

    /// The engine has seen the entry like this.
    func learn(_ entry: ConsulEntry, of rollout: RolloutName) {
        note(Glimpse(index: entry.index, content: entry.content), at: entry.name, of: rollout)
    }

    /// The engine has made it so.
    func learn(_ content: JSON, at name: EntryName, of rollout: RolloutName) {
        note(Glimpse(index: nil, content: content), at: name, of: rollout)
    }

    func close() {
        for watch in watches.values { watch.cancel() }
        watches = [:]
        disturbances.close()
    }
}

extension EntryWatch {
    private func note(_ glimpse: Glimpse, at name: EntryName, of rollout: RolloutName) {
        known[name, default: [:]][rollout] = glimpse
        guard watches[name.shelf] == nil, !disturbances.isClosed else { return }
        let (api, sleep, shelf) = (api, sleep, name.shelf)
        watches[shelf] = Task { [weak self] in
            var question = BlockingQuestion()
            while !Task.isCancelled {
                let pause: Duration
                do throws(ConsulError) {
                    let list = try await api.list(shelf, after: question.index)
                    if question.take(list.index) { await self?.forgetIndexes(of: shelf) }
                    await self?.take(list, shelf)
                    pause = question.pause
                } catch {
                    pause = question.fail()
                }
                // Cut short means that the watch is closed.
                do { try await sleep(pause) } catch { return }
            }
        }
    }

    private func take(_ list: ListedEntries, _ shelf: EntryShelf) {
        let entries = list.entries.map { ($0["Name"]?.string ?? "", $0) }
        shown[shelf] = Showing(index: list.index, entries: Dictionary(entries) { _, last in last })
        for (name, rollouts) in known where name.shelf == shelf {
            for rollout in rollouts.keys.sorted() { judge(name, for: rollout) }
        }
    }

    /// Consul counts anew, as it does when its servers were restored from a copy: no number from before says anything.
    private func forgetIndexes(of shelf: EntryShelf) {
        for (name, rollouts) in known where name.shelf == shelf {
            known[name] = rollouts.mapValues { Glimpse(index: nil, content: $0.content) }
        }
    }

    private func judge(_ name: EntryName, for rollout: RolloutName) {
        guard busy[rollout] == nil, let last = known[name]?[rollout], let showing = shown[name.shelf] else {
            return
        }
        let entry = ConsulEntry(name, showing.entries[name.service])
        // An answer that was on its way when we looked for ourselves.
        let isOlder = last.index.map { entry.index < $0 && showing.index < UInt64($0) } ?? false
        if isOlder || entry.content.means(last.content) { return }
        disturbances.add(rollout)
    }
}

/// Consul's rules for asking again and again whether something has changed.
struct BlockingQuestion: Hashable {
    /// What was last heard; 0 asks for an answer at once.
    private(set) var index: UInt64 = 0
    private var failures = 0

    /// Takes the number of an answer. Whether Consul has begun to count anew.
    mutating func take(_ new: UInt64) -> Bool {
        failures = 0
        let isReset = new < index
        // A number of 0 would be answered at once, for ever.
        index = isReset ? 0 : max(new, 1)
        return isReset
    }

    /// How long to wait after an answer: other entries of the same kind may change all the time.
    var pause: Duration { .milliseconds(100) }

    /// How long to wait after no answer. What is known may be out of date by then.
    mutating func fail() -> Duration {
        failures += 1
        return min(.milliseconds(250) * (1 << min(failures, 8)), .seconds(30))
    }
}
