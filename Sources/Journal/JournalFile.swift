import GRDB

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file on the disk, before SQLite writes to it.
struct JournalFile {
    let path: String
    let busyTimeout: Duration

    /// What is at the path.
    enum Contents {
        /// Nothing, or a database without anything in it: what a crash leaves in the middle of creation.
        case blank
        case journal
    }

    /// Makes the folders that are missing, for the owner alone, and an empty file. SQLite gives the files that it
    /// keeps beside the journal the same rights.
    func create() throws(JournalError) {
        try createFolder(folder)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unwritable(path, "can't be opened for writing") }
        close(descriptor)
        try synchronize(folder)
    }

    /// Looks without touching: a file that is not ours must not even be switched to another journal mode.
    func contents() throws(JournalError) -> Contents {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(busyTimeout / .seconds(1))
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            return try queue.read(Schema.contents)
        } catch {
            throw JournalError(error, at: path)
        }
    }

    var exists: Bool { access(path, F_OK) == 0 }

    private var folder: String { Self.parent(of: path) }

    private func createFolder(_ folder: String) throws(JournalError) {
        guard access(folder, F_OK) != 0 else { return }
        try createFolder(Self.parent(of: folder))
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw .unwritable(folder, "can't be made") }
        try synchronize(Self.parent(of: folder))
    }

    /// A new name is durable when its folder is.
    private func synchronize(_ folder: String) throws(JournalError) {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unwritable(folder, "can't be opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw .unwritable(folder, "can't be synchronized")
        }
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
