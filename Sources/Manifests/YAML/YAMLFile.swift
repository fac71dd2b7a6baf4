#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads the bytes of a file that somebody else may have put there.
package enum YAMLFile {
    /// All bytes of the regular file at `path`; symbolic links are followed.
    ///
    /// Refuses folders, pipes and devices without reading or waiting, and reads no more than the limit even when
    /// the file grows meanwhile or lies about its size, as those in `/proc` do.
    package static func read(
        path: String, name: String? = nil, limits: YAMLLimits = .manifest
    ) throws(Diagnostic) -> [UInt8] {
        let name = name ?? path
        guard !path.utf8.contains(0) else { throw Diagnostic(file: name, "a path may not contain a NUL") }
        // Without O_NONBLOCK, opening a pipe waits for somebody to write to it.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(name) }
        defer { close(descriptor) }
        try check(descriptor, name, limits)
        return try contents(of: descriptor, name, limits)
    }

    private static func check(_ descriptor: Int32, _ name: String, _ limits: YAMLLimits) throws(Diagnostic) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(name) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw Diagnostic(file: name, "this is a folder; name a file")
        default: throw Diagnostic(file: name, "this is a pipe or a device; name a regular file")
        }
        guard status.st_size <= limits.bytes else { throw tooLarge(name, limits) }
    }

    private static func contents(
        of descriptor: Int32, _ name: String, _ limits: YAMLLimits
    ) throws(Diagnostic) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = readSome(descriptor, &chunk)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(name) }
            bytes += chunk[..<count]
            guard bytes.count <= limits.bytes else { throw tooLarge(name, limits) }
        }
    }

    private static func tooLarge(_ name: String, _ limits: YAMLLimits) -> Diagnostic {
        Diagnostic(file: name, "the file is larger than \(limits.size)")
    }

    private static func failure(_ name: String) -> Diagnostic {
        Diagnostic(file: name, "cannot be read: \(String(cString: strerror(errno)))")
    }
}

/// One `read(2)`, under a name that `YAMLFile.read` does not hide.
private func readSome(_ descriptor: Int32, _ chunk: inout [UInt8]) -> Int {
    read(descriptor, &chunk, chunk.count)
}
