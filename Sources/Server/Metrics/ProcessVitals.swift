import Foundation

/// What the operating system says about this process.
struct ProcessVitals {
    let cpuSeconds: Double
    /// None where there is no /proc.
    let residentBytes: Double?
    let openFiles: Int?

    /// When the first one asked, which is early in the life of a server.
    static let startSeconds = Date().timeIntervalSince1970

    static func now() -> ProcessVitals {
        var usage = rusage()
        getrusage(ownUsage, &usage)
        return ProcessVitals(
            cpuSeconds: usage.ru_utime.seconds + usage.ru_stime.seconds, residentBytes: residentBytes,
            openFiles: openFiles)
    }

    private static var residentBytes: Double? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        return text.split(separator: " ").dropFirst().first.flatMap { Double($0) }
            .map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) }
    }

    private static var openFiles: Int? {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count
    }
}

#if canImport(Glibc)
    private let ownUsage = __rusage_who_t(RUSAGE_SELF.rawValue)
#else
    private let ownUsage = RUSAGE_SELF
#endif

extension timeval {
    fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1_000_000 }
}
