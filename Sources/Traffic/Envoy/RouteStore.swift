package import Rollouts

/// The folder that Envoys take their routes from, and the logs that they write.
///
/// All that reaches the disk goes through here, so that a simulation can play the disk.
package protocol RouteStore: Sendable {
    /// For people: `/etc/envoy/routes/checkout.json`.
    func path(of name: String) -> String

    /// None where there is no such file; empty where it isn't one that we could have written.
    func read(_ name: String) throws(RouteFailure) -> [UInt8]?

    /// All of it or nothing. When it returns, the file is in place and survives a loss of power.
    func replace(_ name: String, with bytes: [UInt8]) throws(RouteFailure)

    /// Keeps other processes away from the file meanwhile. It does not wait for them, and throws `unavailable`.
    func exclusively<Result>(
        _ name: String, _ body: () throws(RouteFailure) -> Result
    ) throws(RouteFailure) -> Result

    /// Tells what anybody does in the folder from now on, ourselves included.
    func watch() throws(RouteFailure) -> RouteWatch

    /// How long an Envoy's log is, in bytes; 0 where it can't be read.
    func logLength(_ path: String) -> Int

    /// What an Envoy has logged since it was that long; empty where it can't be read.
    func log(_ path: String, from length: Int) -> String
}

/// A folder under watch.
package struct RouteWatch: Sendable {
    /// For one reader.
    package let changes: AsyncStream<FolderChange>
    /// Ends the changes.
    package let stop: @Sendable () -> Void

    package init(changes: AsyncStream<FolderChange>, stop: @escaping @Sendable () -> Void) {
        (self.changes, self.stop) = (changes, stop)
    }
}

/// Something happened in a watched folder.
package enum FolderChange: Hashable, Sendable {
    /// To the file of that name.
    case file(String)
    /// It is not known to which: too much happened at once, or the folder itself went away.
    case anything
}

/// Lets time pass; throws when it is cancelled.
package typealias Sleep = @Sendable (Duration) async throws -> Void

/// How long is waited between two looks at an Envoy, and how.
struct Pace: Sendable {
    let pauses: [Duration]
    let sleep: Sleep
}
