import Glibc
import Rollouts

/// A file that is only ever replaced as a whole, and never by two processes at once.
///
/// Envoy watches its folder for files that are moved in; it does not notice one that is rewritten in place.
struct AtomicFile: Hashable, Sendable {
    let folder: String
    let name: String

    static let bytesMax = 1 << 20

    var path: String { "\(folder)/\(name)" }

    /// None where there is no such file; empty where it isn't one that we could have written.
    func read() throws(RouteFailure) -> [UInt8]? {
        // Without O_NONBLOCK a pipe of that name would keep us waiting for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT, access(folder, F_OK) == 0 { return nil }
            throw .file("read", path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .file("read", path) }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.bytesMax else { return [] }
        return try contents(of: descriptor, count: Int(status.st_size))
    }

    /// When it returns, the file is in place and survives a loss of power.
    func replace(with bytes: [UInt8]) throws(RouteFailure) {
        let draft = "\(folder)/.\(name).draft"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw .file("write", draft) }
        do throws(RouteFailure) {
            defer { close(descriptor) }
            try write(bytes, to: descriptor, at: draft)
        } catch {
            unlink(draft)
            throw error
        }
        guard rename(draft, path) == 0 else { throw .file("put in place", path) }
        try persistFolder()
    }

    /// Keeps other processes out meanwhile. Does not wait for them: one that hangs must not hang us.
    func exclusively<Result>(
        _ body: () throws(RouteFailure) -> Result
    ) throws(RouteFailure) -> Result {
        let lock = "\(folder)/.\(name).lock"
        let descriptor = open(lock, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw .file("lock", lock) }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw RouteFailure(.unavailable, "another process is writing \(path); it is tried again")
        }
        // Closing would not do: a process that is just being started has a copy of the descriptor for a moment.
        defer { flock(descriptor, LOCK_UN) }
        return try body()
    }
}

extension RouteFailure {
    /// What the operating system said, and about which file.
    static func file(_ deed: String, _ path: String) -> RouteFailure {
        let reason = String(cString: strerror(errno))
        return RouteFailure(
            .unavailable, "can't \(deed) \(path): \(reason); Headgate needs to read and write that folder")
    }
}

extension AtomicFile {
    private func contents(of descriptor: Int32, count: Int) throws(RouteFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), count - filled)
            }
            guard got >= 0 else { throw .file("read", path) }
            if got == 0 { break }
            filled += got
        }
        return Array(bytes.prefix(filled))
    }

    /// Envoy often runs under another user: it must be able to read, whatever the umask.
    private func write(_ bytes: [UInt8], to descriptor: Int32, at draft: String) throws(RouteFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let put = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard put > 0 else { throw .file("write", draft) }
            rest = rest.dropFirst(put)
        }
        guard fchmod(descriptor, 0o644) == 0, fsync(descriptor) == 0 else { throw .file("write", draft) }
    }

    private func persistFolder() throws(RouteFailure) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .file("persist", folder) }
    }
}
