/// How often the world does what nobody wishes for. Each number is a probability: of a request, of a write,
/// of a minute; nothing is a fault that is not in here.
package struct Faults: Hashable, Sendable {
    /// The process dies at a crash point: before, in and after each append, send and receive.
    package var crash = 0.0

    // Of a request to a mesh, a metrics store or a gate.
    package var slow = 0.0
    package var requestLost = 0.0
    package var answerLost = 0.0
    package var duplicated = 0.0
    /// 5xx and 429.
    package var unavailable = 0.0
    /// 4xx.
    package var declined = 0.0
    /// An answer that was true a while ago.
    package var stale = 0.0
    /// The data plane takes seconds, not milliseconds, to take on a route.
    package var laggard = 0.0

    // Of an answer of the metrics store.
    package var noData = 0.0
    package var notANumber = 0.0
    package var wrong = 0.0
    package var nonsense = 0.0

    // Of an append.
    package var appendSlow = 0.0
    package var appendFails = 0.0
    /// The append fails, and a crash may bring its entries back.
    package var appendDoubtful = 0.0

    // Of a minute of the world.
    package var commands = 0.0
    package var releases = 0.0
    package var edits = 0.0
    package var tampering = 0.0
    package var diskFull = 0.0
    package var meshOutage = 0.0
    package var storeOutage = 0.0
    package var restarts = 0.0

    /// Of a restart: the wall is wrong by minutes.
    package var clockJump = 0.0
    /// Of a run: a second controller wants the same routes.
    package var rival = 0.0

    package static let none = Faults()

    /// A bad week.
    package static let some = Faults(
        crash: 0.002, slow: 0.02, requestLost: 0.01, answerLost: 0.01, duplicated: 0.01, unavailable: 0.02,
        declined: 0.002, stale: 0.02, laggard: 0.05, noData: 0.02, notANumber: 0.02, wrong: 0.01,
        nonsense: 0.002, appendSlow: 0.01, appendFails: 0.01, appendDoubtful: 0.005, commands: 0.3,
        releases: 0.2, edits: 0.1, tampering: 0.06, diskFull: 0.06, meshOutage: 0.06, storeOutage: 0.06,
        restarts: 0.06, clockJump: 0.2, rival: 0.05)

    /// The end of the world.
    package static let many = Faults(
        crash: 0.02, slow: 0.1, requestLost: 0.1, answerLost: 0.1, duplicated: 0.1, unavailable: 0.1,
        declined: 0.01, stale: 0.1, laggard: 0.2, noData: 0.1, notANumber: 0.1, wrong: 0.05,
        nonsense: 0.01, appendSlow: 0.1, appendFails: 0.1, appendDoubtful: 0.05, commands: 0.9,
        releases: 0.5, edits: 0.2, tampering: 0.2, diskFull: 0.15, meshOutage: 0.15, storeOutage: 0.15,
        restarts: 0.15, clockJump: 0.5, rival: 0.1)
}
