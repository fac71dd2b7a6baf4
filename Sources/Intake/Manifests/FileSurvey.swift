#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Which manifest files there are, and a stamp of each that changes when the file does.
///
/// Nothing is opened and nothing is kept between two surveys: links are followed anew each time, so that a whole
/// checkout that was swapped behind a link is seen, and so is a file that was replaced by one of the same age.
struct FileSurvey: Hashable, Sendable {
    private(set) var stamps: [String: FileStamp] = [:]
    /// What could not be looked at. The reading says why; here it only has to differ.
    private(set) var unseen: Set<String> = []

    static let filesMax = 100_000
    static let depthMax = 16
    private static let endings = [".yaml", ".yml", ".json"]

    /// Takes files as they are, and of folders what `ManifestSet.load` would read.
    static func take(_ paths: [String]) -> FileSurvey {
        var survey = FileSurvey()
        for path in paths { survey.visitNamed(path) }
        return survey
    }

    /// When the youngest file was last touched, in seconds since 1970; none without files.
    var touchedAt: Int? { stamps.values.map(\.changed.seconds).max() }
}

/// What tells a file from itself before: which one it is, how long, and when it was written and replaced.
struct FileStamp: Hashable, Sendable {
    struct Time: Hashable, Sendable {
        let seconds: Int
        let nanoseconds: Int
    }

    let device: UInt64
    let inode: UInt64
    let size: Int64
    let modified: Time
    /// Also when somebody sets the time of writing back.
    let changed: Time
}

// MARK: - Walking

extension FileSurvey {
    private mutating func visitNamed(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return note(path) }
        if status.isFolder { list(path, depth: 0) } else { add(path, FileStamp(status)) }
    }

    /// A link to a file is followed; one to a folder could lead in a circle, or out of the checkout.
    private mutating func visit(_ path: String, depth: Int) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return note(path) }
        if status.isFolder { return list(path, depth: depth) }
        guard Self.endings.contains(where: path.hasSuffix) else { return }
        guard stat(path, &status) == 0 else { return note(path) }
        if !status.isFolder { add(path, FileStamp(status)) }
    }

    private mutating func add(_ path: String, _ stamp: FileStamp) {
        guard stamps.count < Self.filesMax else { return note(path) }
        stamps[path] = stamp
    }

    private mutating func list(_ path: String, depth: Int) {
        guard depth < Self.depthMax, let folder = opendir(path) else { return note(path) }
        defer { closedir(folder) }
        let base = path.hasSuffix("/") ? path : path + "/"
        while let name = nextName(in: folder) {
            if !name.hasPrefix(".") { visit(base + name, depth: depth + 1) }
        }
    }

    private mutating func note(_ path: String) {
        if unseen.count < 1_000 { unseen.insert(path) }
    }
}

extension stat {
    fileprivate var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
}

private func nextName(in folder: OpaquePointer) -> String? {
    guard let entry = readdir(folder) else { return nil }
    return withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}

extension FileStamp {
    fileprivate init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modified = Time(status.st_mtim)
        changed = Time(status.st_ctim)
    }
}

extension FileStamp.Time {
    fileprivate init(_ time: timespec) {
        seconds = time.tv_sec
        nanoseconds = time.tv_nsec
    }
}
