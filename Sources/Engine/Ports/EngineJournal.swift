package import Journal
package import Rollouts

/// Where the engine keeps its log: what a control loop needs of an `EventJournal`.
package protocol EngineJournal: Sendable {
    /// Routes bear it, so that two journals never fight unseen over one of them.
    var identity: String { get }

    /// Records the entries, all or none, in this order. Durable when it returns.
    nonisolated(nonsending) func append(_ entries: [Entry]) async throws(JournalError)

    /// Records the entries and the delivery that caused them, both or neither. A repeated delivery records
    /// nothing.
    nonisolated(nonsending)
        func append(_ entries: [Entry], delivery: Delivery) async throws(JournalError) -> DeliveryOutcome

    /// Tells every entry, in the order they were recorded.
    nonisolated(nonsending)
        func replay(_ body: (Entry) throws(JournalError) -> Void) async throws(JournalError)
}

extension EventJournal: EngineJournal {}
