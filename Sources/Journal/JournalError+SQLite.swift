import GRDB

extension JournalError {
    /// What SQLite's answer means for a journal. The text of a statement and its values stay out of the message.
    init(_ error: any Error, at path: String) {
        switch error {
        case let error as JournalError: self = error
        case let error as DatabaseError: self.init(error, at: path)
        default: self.init(.other, "\(path): \(error)")
        }
    }

    private init(_ error: DatabaseError, at path: String) {
        guard error.resultCode != .SQLITE_MISUSE else {
            self.init(.other, "\(path): the journal is closed")
            return
        }
        let (kind, advice) = Self.reading(of: error.resultCode)
        let code = error.extendedResultCode.rawValue
        self.init(kind, "\(path): \(error.message ?? "no reason given") (SQLite \(code)); \(advice)")
    }

    private static func reading(of code: ResultCode) -> (Kind, advice: String) {
        switch code {
        case .SQLITE_FULL:
            (.full, "the disk is full and nothing of this was recorded; make room, then try again")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            (
                .locked,
                "another program holds a transaction on it (`fuser` names it); end that, then try again"
            )
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            (.unwritable, "check that the file and its folder belong to the user who runs headgate")
        case .SQLITE_IOERR:
            (
                .unwritable,
                "check the disk, its file system and its quota, then run `headgate journal verify`"
            )
        case .SQLITE_CORRUPT:
            (.corrupt, "the file is damaged; put a backup in its place, and check the disk")
        case .SQLITE_NOTADB:
            (.foreign, "this is not a journal; name another file")
        case .SQLITE_CONSTRAINT:
            (.conflict, "it is there already; look again before you try again")
        default:
            (.other, "nothing of this was recorded")
        }
    }
}
