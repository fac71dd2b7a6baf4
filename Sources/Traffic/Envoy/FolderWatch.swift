import Dispatch
import Glibc
import Rollouts

/// Tells what others do in a folder, by inotify.
///
/// `@unchecked Sendable` is right: all is immutable, and a dispatch source may be cancelled from any thread.
final class FolderWatch: @unchecked Sendable {
    /// For one reader.
    let changes: AsyncStream<FolderChange>
    private let source: any DispatchSourceRead
    private let continuation: AsyncStream<FolderChange>.Continuation

    init(_ folder: String) throws(RouteFailure) {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { throw .file("watch", folder) }
        guard inotify_add_watch(descriptor, folder, UInt32(bitPattern: Int32(watched))) >= 0 else {
            let failure = RouteFailure.file("watch", folder)
            close(descriptor)
            throw failure
        }
        let (changes, continuation) = AsyncStream.makeStream(
            of: FolderChange.self, bufferingPolicy: .bufferingNewest(changesMax))
        source = DispatchSource.makeReadSource(
            fileDescriptor: descriptor, queue: DispatchQueue(label: "dev.headgate.folder-watch"))
        source.setEventHandler { tell(changesIn(descriptor), continuation) }
        source.setCancelHandler { close(descriptor) }
        (self.changes, self.continuation) = (changes, continuation)
        source.activate()
    }

    deinit { stop() }

    func stop() {
        continuation.finish()
        source.cancel()
    }
}

private let changesMax = 1_024
private let watched =
    IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR

/// A reader that is too slow has to look at everything: what it missed is not known.
private func tell(_ changes: [FolderChange], _ continuation: AsyncStream<FolderChange>.Continuation) {
    for change in changes {
        if case .dropped = continuation.yield(change) { continuation.yield(.anything) }
    }
}

private func changesIn(_ descriptor: Int32) -> [FolderChange] {
    withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 8) { buffer in
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        return count > 0 ? changes(in: UnsafeRawBufferPointer(rebasing: buffer[..<count])) : []
    }
}

/// Reads the kernel's records: watch, mask, cookie and length in 32 bits each, then the name, filled up with zeros.
private func changes(in records: UnsafeRawBufferPointer) -> [FolderChange] {
    var changes: [FolderChange] = []
    var start = 0
    while start + 16 <= records.count {
        let mask = records.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self)
        let length = Int(records.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self))
        let name = records[(start + 16)..<min(start + 16 + length, records.count)].prefix { $0 != 0 }
        changes.append(isAboutFolder(mask) ? .anything : .file(String(decoding: name, as: UTF8.self)))
        start += 16 + length
    }
    return changes
}

private func isAboutFolder(_ mask: UInt32) -> Bool {
    mask & UInt32(bitPattern: Int32(IN_Q_OVERFLOW | IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0
}
