import Glibc
package import Rollouts

/// The real folder.
package struct FolderStore: RouteStore {
    private let folder: String

    package init(_ folder: String) {
        self.folder = folder
    }

    package func path(of name: String) -> String { file(name).path }

    package func read(_ name: String) throws(RouteFailure) -> [UInt8]? {
        try file(name).read()
    }

    package func replace(_ name: String, with bytes: [UInt8]) throws(RouteFailure) {
        try file(name).replace(with: bytes)
    }

    package func exclusively<Result>(
        _ name: String, _ body: () throws(RouteFailure) -> Result
    ) throws(RouteFailure) -> Result {
        try file(name).exclusively(body)
    }

    package func watch() throws(RouteFailure) -> RouteWatch {
        let watch = try FolderWatch(folder)
        return RouteWatch(changes: watch.changes) { watch.stop() }
    }

    package func logLength(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_size : 0
    }

    package func log(_ path: String, from length: Int) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = pread(descriptor, &bytes, bytes.count, length)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    private func file(_ name: String) -> AtomicFile { AtomicFile(folder: folder, name: name) }
}
