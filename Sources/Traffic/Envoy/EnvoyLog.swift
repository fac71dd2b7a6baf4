/// The end of Envoy's log, from the moment on at which one began to listen.
///
/// An Envoy whose standard error goes into the file writes at once; with `--log-path` it may keep its words to
/// itself for ten seconds (`--file-flush-interval-msec`).
struct EnvoyLog: Sendable {
    let path: String
    private let start: Int
    private let store: any RouteStore

    /// None without a path.
    init?(_ path: String?, in store: any RouteStore) {
        guard let path else { return nil }
        (self.path, self.store) = (path, store)
        start = store.logLength(path)
    }

    /// Why Envoy did not take a file, in its own words; none where it didn't say so in a fifth of a second.
    func refusal(_ sleep: Sleep) async -> String? {
        for _ in 1...10 {
            if let refusal = Self.refusal(in: store.log(path, from: start)) { return refusal }
            guard (try? await sleep(.milliseconds(20))) != nil else { return nil }
        }
        return nil
    }

    /// `[…][warning][config] […] Filesystem config update rejected: route: unknown weighted cluster 'web-b'`
    static func refusal(in text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline).reversed()
        for line in lines {
            for mark in marks {
                if let words = line.after(mark) { return String(words.suffix(500)) }
            }
        }
        return nil
    }
}

/// A file that breaks a rule of Envoy's form comes first, over many lines, and then the reason.
private let marks = [
    "Filesystem config update rejected: ", "Filesystem config update failure: ",
    "Proto constraint validation failed ",
]

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
