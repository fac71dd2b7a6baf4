import Analysis
import Engine
import Journal
import Rollouts

/// The journal of one process on a disk of the world.
struct SimulatedJournal: EngineJournal {
    let world: World
    let life: Life

    var identity: String { life.disk.identity }

    nonisolated(nonsending) func append(_ entries: [Entry]) async throws(JournalError) {
        guard !entries.isEmpty else { return }
        if world.sabotage == .answerBeforeRecording { return recordLater(entries) }
        try await record(entries)
    }

    nonisolated(nonsending)
        func append(_ entries: [Entry], delivery: Delivery) async throws(JournalError) -> DeliveryOutcome
    {
        try await append(entries)
        return .new
    }

    nonisolated(nonsending)
        func replay(_ body: (Entry) throws(JournalError) -> Void) async throws(JournalError)
    {
        for entry in life.disk.entries { try body(entry) }
    }

    nonisolated(nonsending) private func record(_ entries: [Entry]) async throws(JournalError) {
        if world.crashes(life, at: .beforeAppend) { throw died }
        let isWhole = await world.course.sleep(until: world.course.now + world.appendTime(), life)
        guard isWhole || life.isAlive else { throw died }
        if world.crashes(life, at: .inAppend) {
            life.disk.leaveInDoubt(entries)
            throw died
        }
        if world.happens(\.appendFails) { throw JournalError(.locked, "the simulated journal is locked") }
        if world.happens(\.appendDoubtful) {
            life.disk.leaveInDoubt(entries)
            throw JournalError(.unwritable, "the simulated disk did not say that it has it")
        }
        try life.disk.commit(entries)
        world.noteAll(entries, of: life)
        if world.crashes(life, at: .afterAppend) { throw died }
    }

    private func recordLater(_ entries: [Entry]) {
        let (world, life) = (world, life)
        world.course.after(.milliseconds(20)) {
            guard life.isAlive, (try? life.disk.commit(entries)) != nil else { return }
            world.noteAll(entries, of: life)
        }
    }

    private var died: JournalError { JournalError(.other, "the process is dead") }
}

extension World {
    /// The log of a rival is its own affair.
    fileprivate func noteAll(_ entries: [Entry], of life: Life) {
        if life.isRival { return }
        for entry in entries { note(.journaled(entry, life: life.number)) }
    }
}
