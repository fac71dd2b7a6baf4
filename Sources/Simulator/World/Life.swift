import Analysis
import Engine
import Traffic

/// One life of a controller's process: from its start to its crash. The world outlives it.
///
/// A dead process is not torn apart: it goes on in a room without doors. Whatever it waits for ends at once,
/// whatever it sends or writes goes nowhere, and so all its tasks come to their end without a trace.
///
/// `@unchecked Sendable` is right: like all of the world it is touched only by the thread of its executor.
final class Life: @unchecked Sendable {
    let number: Int
    let disk: Disk
    /// What the machine's wall clock was wrong by when the process started.
    let skew: Duration
    /// A second controller, that nobody knows of.
    let isRival: Bool
    var isAlive = true
    /// How many of the tamperings with the mesh its router has heard of.
    var tamperingsSeen = 0
    var loop: ControlLoop?
    /// Tells its router what happens in the folder of route files.
    var folderWatch: AsyncStream<FolderChange>.Continuation?
    var task: Task<Void, Never>?

    init(number: Int, disk: Disk, skew: Duration, isRival: Bool) {
        self.number = number
        self.disk = disk
        self.skew = skew
        self.isRival = isRival
    }

    /// What is left of a process that has ended: nothing.
    func leave() {
        loop = nil
        task = nil
        folderWatch = nil
    }
}

/// The clock of one process, by the rules of `SteadyClock`: the wall is read once, and never before the last
/// entry.
struct LifeClock: EngineClock {
    private let course: Course
    private let life: Life
    private let offset: Duration

    init(_ course: Course, _ life: Life, notBefore earliest: Moment) {
        self.course = course
        self.life = life
        offset = max(course.now + life.skew, earliest) - course.now
    }

    func now() -> Moment { course.now + offset }

    func sleep(until moment: Moment) async throws(CancellationError) {
        let delay = max(moment - now(), .zero)
        guard await course.sleep(until: course.now + delay, life) else { throw CancellationError() }
    }
}
