import Glibc

/// The end of Envoy's log, from the moment on at which one began to listen.
///
/// An Envoy whose standard error goes into the file writes at once; with `--log-path` it may keep its words to
/// itself for ten seconds (`--file-flush-interval-msec`).
struct EnvoyLog: Sendable {
    let path: String
    private let start: off_t

    /// None without a path.
    init?(_ path: String?) {
        guard let path else { return nil }
        self.path = path
        var status = stat()
        start = stat(path, &status) == 0 ? status.st_size : 0
    }

    /// Why Envoy did not take a file, in its own words; none where it didn't say so in a fifth of a second.
    func refusal() async -> String? {
        for _ in 1...10 {
            if let refusal = Self.refusal(in: tail()) { return refusal }
            guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { return nil }
        }
        return nil
    }

    /// `[…][warning][config] […] Filesystem config update rejected: route: unknown weighted cluster 'web-b'`
    static func refusal(in text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline).reversed()
        for line in lines {
            for mark in ["Filesystem config update rejected: ", "Filesystem config update failure: "] {
                if let words = line.after(mark) { return String(words.prefix(500)) }
            }
        }
        return nil
    }

    private func tail() -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = pread(descriptor, &bytes, bytes.count, start)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}

extension Substring {
    fileprivate func after(_ mark: String) -> Substring? {
        var rest = self
        while !rest.isEmpty {
            if rest.hasPrefix(mark) { return rest.dropFirst(mark.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}
