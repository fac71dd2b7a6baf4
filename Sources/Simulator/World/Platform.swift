import Analysis
import Engine
import Rollouts

/// Where releases run: how many instances each has, and since when they are all ready.
struct Platform {
    private(set) var sizes: [RolloutName: [String: Int]] = [:]
    private var since: [RolloutName: Sequence] = [:]
    private var readyAt: [RolloutName: [String: Moment]] = [:]

    /// Takes sizes, unless newer ones were taken before. A release that grows is ready again at `ready`.
    mutating func take(_ write: ScaleWrite, ready: Moment) -> Bool {
        guard write.since >= since[write.rollout] ?? 0 else { return false }
        since[write.rollout] = write.since
        let before = sizes[write.rollout] ?? [:]
        for (release, size) in write.sizes where size > before[release] ?? 0 {
            readyAt[write.rollout, default: [:]][release] = ready
        }
        sizes[write.rollout] = write.sizes
        return true
    }

    /// What is missing of what was ordered, in words.
    func shortage(of write: ScaleWrite, at now: Moment) -> String? {
        let sizes = self.sizes[write.rollout] ?? [:]
        for (release, size) in write.sizes.sorted(by: { $0.key < $1.key }) {
            let ready = readyAt[write.rollout]?[release] ?? now
            if sizes[release] ?? 0 < size || ready > now { return "\(release): not all of \(size) ready" }
        }
        return nil
    }
}

/// Runs releases on the world's platform.
struct SimulatedWorkloads: WorkloadController {
    let kind = "kubernetes"
    let world: World
    let life: Life

    func backend(of target: WorkloadTarget) -> String { "platform" }

    func scale(_ write: ScaleWrite) async throws(WorkloadFailure) -> ScaleEvidence {
        let answer = await world.exchange(life, with: .platform) { [world, life] in
            world.land(write, of: life)
        }
        if let failure = answer ?? WorkloadFailure(.unavailable, "the platform did not answer") {
            throw failure
        }
        while let shortage = try await inspect(write) {
            guard await world.course.sleep(until: world.course.now + .seconds(1), life) else {
                throw WorkloadFailure(.unready, shortage)
            }
        }
        return ScaleEvidence(text: "all instances are ready")
    }

    func inspect(_ write: ScaleWrite) async throws(WorkloadFailure) -> String? {
        let answer = await world.exchange(life, with: .platform, within: .seconds(30)) { [world] in
            world.platform.shortage(of: write, at: world.course.now)
        }
        guard let answer else { throw WorkloadFailure(.unavailable, "the platform did not answer") }
        return answer
    }

    func disturbances() -> AsyncStream<RolloutName> { AsyncStream { $0.finish() } }
}

extension World {
    /// The platform takes sizes, or says why not.
    fileprivate func land(_ write: ScaleWrite, of life: Life) -> WorkloadFailure? {
        if life.isRival { return WorkloadFailure(.foreign, "the instances bear the mark of another journal") }
        if happens(\.unavailable) { return WorkloadFailure(.unavailable, "503 from the platform") }
        if happens(\.declined) { return WorkloadFailure(.failing, "CrashLoopBackOff") }
        let delay = dice.duration(.milliseconds(100), happens(\.laggard) ? .seconds(90) : .seconds(10))
        guard platform.take(write, ready: course.now + delay) else {
            return WorkloadFailure(.unavailable, "newer sizes were taken before #\(write.since)")
        }
        note(.scaled(write.rollout, sizes: write.sizes))
        return nil
    }
}
