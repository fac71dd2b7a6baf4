/// Why the journal did not do what it was asked to. The message says where, what and what to do.
package struct JournalError: Error, Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// No space is left where the journal is. The next append works as soon as there is some.
        case full
        /// Somebody else holds the file: another headgate, or a tool with a transaction open.
        case locked
        /// The file can't be opened or written: rights, a read-only file system, a quota, a failing disk.
        case unwritable
        /// What the file holds is damaged, or is not what a journal holds.
        case corrupt
        /// A newer headgate wrote it.
        case newer
        /// An older headgate wrote it, and it was opened for reading only.
        case older
        /// The file is something else, not a journal of ours.
        case foreign
        /// There is no journal at that path, and it was opened for reading only.
        case missing
        /// The entry or the name is taken already.
        case conflict
        case other
    }

    package let kind: Kind
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}

extension JournalError: CustomStringConvertible {
    package var description: String { message }
}
