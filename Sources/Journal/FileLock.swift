#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One headgate at a time: an advisory lock on `<path>.lock`, held for as long as the journal is open.
///
/// The kernel drops it with the process, however that ends, so there is no stale lock to clean up. The file stays
/// behind on purpose: were it removed, two processes could hold locks on two files of one name.
final class FileLock: Sendable {
    private let descriptor: Int32

    init(beside path: String) throws(JournalError) {
        let lockPath = path + ".lock"
        descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .unwritable(lockPath, "can't be opened")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw Self.refusal(path, holder: holder) }
        sign()
    }

    deinit {
        close(descriptor)
    }

    func release() {
        flock(descriptor, LOCK_UN)
    }

    /// Leaves the process's number for the one who is refused. A courtesy: on a full disk the lock holds unsigned.
    private func sign() {
        let text = "\(getpid())\n"
        guard ftruncate(descriptor, 0) == 0 else { return }
        _ = text.withCString { pwrite(descriptor, $0, text.utf8.count, 0) }
    }

    private var holder: String? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int(String(decoding: bytes.prefix(count).prefix { $0 != 10 }, as: UTF8.self)).map(String.init)
    }

    private static func refusal(_ path: String, holder: String?) -> JournalError {
        let who = holder.map { " (process \($0))" } ?? ""
        return JournalError(
            .locked,
            "\(path): another headgate has it open\(who); stop that one first, or use another journal")
    }
}

extension JournalError {
    /// A failed system call, with the system's own words. Call it before anything else can change `errno`.
    static func unwritable(_ path: String, _ what: String) -> JournalError {
        let reason = String(cString: strerror(errno))
        return JournalError(
            .unwritable, "\(path): \(what): \(reason); check that the path is right and who may write there")
    }
}
