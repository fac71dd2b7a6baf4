import Foundation

/// A process that inherits nothing of ours, and doesn't outlive us.
///
/// Foundation's `Process` hands on open descriptors, so that a child keeps the sockets of other tests
/// open, and the signals that its threads block, so that the child can't be told to end.
struct Child {
    private let id: pid_t
    /// The child's standard input; it ends when this is closed, at the latest with our own end.
    private let leash: Int32

    init(_ arguments: [String]) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SocketError(call: "pipe") }
        defer { close(ends[0]) }
        leash = ends[1]
        id = try spawn(["bash", "-c", closeInherited + "exec \"$@\"", "bash"] + arguments, input: ends[0])
    }

    /// Lets go of the leash and waits for the end; returns the exit status, or nil after a signal.
    @discardableResult
    func end() -> Int32? {
        close(leash)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        return status & 0x7f == 0 ? status >> 8 & 0xff : nil
    }
}

/// Closes all but the standard descriptors, our end of the leash among them.
private let closeInherited =
    "for fd in /proc/$$/fd/*; do n=${fd##*/}; [ $n -gt 2 ] && eval \"exec $n>&-\"; done; "

private func spawn(_ arguments: [String], input: Int32) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    for output: Int32 in [1, 2] {
        posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0)
    }
    var attributes = try unblocked()
    defer { posix_spawnattr_destroy(&attributes) }
    var words = arguments.map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var id: pid_t = 0
    guard posix_spawnp(&id, arguments[0], &actions, &attributes, &words, environ) == 0 else {
        throw EnvoyFailure("can't start \(arguments[0]); is bash installed?")
    }
    return id
}

/// No signal blocked, whichever thread of ours does the asking.
private func unblocked() throws -> posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    return attributes
}
