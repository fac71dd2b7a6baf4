import Analysis
import Engine
import Logging
import Rollouts

/// Everything outside of a controller's process: time, disks, the mesh, the metrics store, people.
///
/// `@unchecked Sendable` is right: one thread runs all jobs of its executor and all that the course of time
/// brings, and nobody else has the world.
final class World: @unchecked Sendable {
    let executor: SimulatedExecutor
    let course: Course
    let scenario: Scenario
    let sabotage: Sabotage?
    var dice: Dice
    var faults: Faults
    var mesh: Mesh
    /// Where the instances run.
    var platform = Platform()
    var lives: [Life] = []
    /// The files that Envoys take their routes from.
    var folder: [String: [UInt8]] = [:]
    /// What git holds.
    var manifests: [Declaration]
    var outages: [Peer: Int] = [:]
    var tampered: [RolloutName] = []
    /// The release that was announced last.
    var latest: String?
    var tamperWatch: [Int] = []
    /// How many crash points were reached, and at which one a sweep wants the crash.
    var crashPointsReached = 0
    var crashAt: Int?
    private(set) var sights: [(moment: Moment, sight: Sight)] = []
    private(set) var violations: [Violation] = []
    var isCalm = false
    var isOver = false
    var states: [Rollout] = []
    private var laws: [any Law]

    init(_ scenario: Scenario, faults: Faults, sabotage: Sabotage?, seed: UInt64, crashAt: Int?) {
        dice = Dice(seed: seed)
        executor = SimulatedExecutor(dice: dice.split())
        course = Course(start: Scenario.start, executor: executor)
        self.scenario = scenario
        manifests = scenario.manifests
        self.faults = faults
        self.sabotage = sabotage
        self.crashAt = crashAt
        mesh = Mesh(planes: scenario.planes)
        laws = Laws.all(of: scenario)
    }

    /// Shows all laws what happened.
    func note(_ sight: Sight) {
        if !sight.isLook { sights.append((course.now, sight)) }
        for index in laws.indices {
            guard let flaw = laws[index].see(sight, at: course.now) else { continue }
            violations.append(Violation(law: laws[index].name, text: flaw, moment: course.now))
        }
    }

    func happens(_ fault: KeyPath<Faults, Double>) -> Bool {
        let probability = faults[keyPath: fault]
        return probability > 0 && dice.happens(probability)
    }

    /// Whether the process is dead, or dies here.
    func crashes(_ life: Life, at point: CrashPoint) -> Bool {
        guard life.isAlive else { return true }
        crashPointsReached += 1
        guard crashPointsReached == crashAt || happens(\.crash) else { return false }
        kill(life, at: point)
        return true
    }

    func health(of release: String) -> Health {
        scenario.health[String(release.prefix { $0 != "+" })] ?? Health()
    }

    func isOut(_ peer: Peer) -> Bool { outages[peer, default: 0] > 0 }
}

/// What a test takes out of the controller, to see that the laws notice.
package enum Sabotage: String, Hashable, Sendable, CaseIterable {
    /// The mesh takes every write, however old.
    case noFence
    /// The journal says that it has what it has not got yet.
    case answerBeforeRecording
    /// A rollback waits its turn behind everything else.
    case noRollbackLane
}
