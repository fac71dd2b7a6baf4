import Analysis
import Engine
import Journal
import Logging
import Rollouts
import Sampling
import Traffic

// Processes come and go; manifests and wishes reach the one that lives.

extension World {
    /// The controller that people and CI talk to.
    var keeper: Life? { lives.last { $0.isAlive && !$0.isRival } }

    /// Starts a controller on what the disk holds.
    func boot(_ disk: Disk, isRival: Bool = false) {
        let skew = happens(\.clockJump) ? dice.duration(.seconds(-600), .seconds(600)) : .zero
        let life = Life(number: lives.count + 1, disk: disk, skew: skew, isRival: isRival)
        lives.append(life)
        for entry in disk.reopen(keepingDoubtful: dice.happens(0.5)) { note(.resurfaced(entry)) }
        if !isRival { note(.began(life: life.number, entries: disk.entries)) }
        life.task = Task(executorPreference: executor) { [self] in await live(life) }
    }

    func kill(_ life: Life, at point: CrashPoint?) {
        guard life.isAlive else { return }
        life.isAlive = false
        note(.died(life: life.number, point))
        life.task?.cancel()
        course.rouse(life)
        let delay = dice.duration(.milliseconds(10), .seconds(20))
        if !life.isRival { course.after(delay) { [self] in boot(life.disk) } }
    }

    private func live(_ life: Life) async {
        let loop = loop(of: life)
        do { try await loop.recover() } catch { return }
        life.loop = loop
        await loop.use(SimulatedCalendar(windows: scenario.freezes))
        let watcher = Task(executorPreference: executor) { [self] in
            await declareAll(to: life)
            if life.isRival { await announceAll(to: life) }
        }
        await loop.run()
        await watcher.value
    }

    private func loop(of life: Life) -> ControlLoop {
        let ports = Ports(
            routers: [WitnessedRouter(router(of: life), world: self, life: life)],
            providers: [provider(of: life)],
            gates: SimulatedKeeper(world: self, life: life),
            workloads: [SimulatedWorkloads(world: self, life: life)])
        let earliest = life.disk.entries.last?.moment ?? Moment(microseconds: 0)
        return ControlLoop(
            journal: SimulatedJournal(world: self, life: life), ports: ports,
            clock: LifeClock(course, life, notBefore: earliest), limits: limits, executor: executor,
            lane: lane,
            log: Logger(label: "simulated") { _ in SwiftLogNoOpLogHandler() })
    }

    /// The production router at a simulated folder and network, or one for a mesh that is all interface.
    private func router(of life: Life) -> any TrafficRouter {
        guard scenario.mesh == .envoy else { return SimulatedRouter(world: self, life: life) }
        let admins = mesh.planes.indices.map { EnvoySettings.Admin(SimulatedSender.admin($0)) }
        let pauses = [1, 2, 4, 8, 16, 32, 64, 250, 1_000].map(Duration.milliseconds)
        let (course, settings) = (course, EnvoySettings(folder: "/simulated", admins: admins, pauses: pauses))
        do {
            return try EnvoyRouter(
                settings, sender: SimulatedSender(world: self, life: life),
                store: SimulatedFolder(world: self, life: life)
            ) { pause in
                guard await course.sleep(until: course.now + pause, life) else { throw CancellationError() }
            }
        } catch {
            preconditionFailure("there is a plane to ask, and the folder can be watched: \(error)")
        }
    }

    private func provider(of life: Life) -> any MetricProvider {
        guard scenario.mesh == .envoy else { return SimulatedProvider(world: self, life: life) }
        return PrometheusProvider(
            PrometheusSettings(address: SimulatedSender.store),
            sender: SimulatedSender(world: self, life: life))
    }

    private var lane: (@Sendable (Job) -> Lane)? {
        guard sabotage == .noRollbackLane else { return nil }
        return { _ in .backend("everything") }
    }

    private var limits: EngineLimits {
        let isPatient = sabotage == .noRollbackLane
        return EngineLimits(
            jobsPerBackend: isPatient ? 1 : scenario.jobsPerBackend,
            journalPatience: isPatient ? .seconds(86_400) : .milliseconds(250))
    }
}

// MARK: - Manifests and wishes

extension World {
    /// What the manifest watcher does when it starts; what could not be recorded it hands in again.
    private func declareAll(to life: Life) async {
        for name in manifests.map(\.name) {
            while let declaration = manifests.first(where: { $0.name == name }), life.isAlive {
                if await hand(.declare(declaration), to: name, by: "git", life) { break }
                guard await course.sleep(until: course.now + .seconds(5), life) else { return }
            }
        }
    }

    /// Whoever started the second controller wants something of it, too.
    private func announceAll(to life: Life) async {
        for name in manifests.map(\.name) {
            for release in ["v1", "v9"] {
                await hand(.start(release: release), to: name, by: "rival", life)
                guard await course.sleep(until: course.now + .seconds(8), life) else { return }
            }
        }
    }

    /// A manifest is edited.
    func declare(_ declaration: Declaration) {
        manifests.removeAll { $0.name == declaration.name }
        manifests.append(declaration)
        wish(.declare(declaration), of: declaration.name, by: "git", tries: 20)
    }

    /// Hands in a wish, if anybody is there to take it. CI tries again until it is answered.
    func wish(_ command: Command, of rollout: RolloutName, by who: String, tries: Int = 1) {
        guard let life = keeper, life.loop != nil else { return again(command, of: rollout, by: who, tries) }
        _ = Task(executorPreference: executor) { [self] in
            let isAnswered = await hand(command, to: rollout, by: who, life)
            if !isAnswered { again(command, of: rollout, by: who, tries) }
        }
    }

    private func again(_ command: Command, of rollout: RolloutName, by who: String, _ tries: Int) {
        guard tries > 1 else { return }
        course.after(.seconds(3)) { [self] in wish(command, of: rollout, by: who, tries: tries - 1) }
    }

    /// Whether it came to anything, be it a refusal.
    @discardableResult
    private func hand(_ command: Command, to rollout: RolloutName, by who: String, _ life: Life) async -> Bool
    {
        guard let loop = life.loop else { return false }
        if case .start(let release) = command { latest = release }
        if !life.isRival { note(.wished(command.word, rollout, by: who)) }
        if case .abort = command, await loop.rollout(rollout)?.canReturn == true, life.isAlive {
            note(.abortWished(rollout, life: life.number))
        }
        do throws(Rejection) {
            let decision = try await loop.submit(command, to: rollout, by: who)
            if decision.isDurable, life.isAlive, !life.isRival {
                note(.acknowledged(decision.entries, of: rollout))
            }
            return true
        } catch {
            if !life.isRival { note(.declined("\(command.word): \(error.text)", rollout)) }
            if case .refused = error { return true }
            return false
        }
    }
}

extension Rollout {
    /// Whether an abort has something to take back.
    fileprivate var canReturn: Bool { flight != nil && stable != nil }
}

extension Rejection {
    fileprivate var text: String {
        switch self {
        case .refused(let refusal): refusal.description
        case .unknown(let name): "\(name) is unknown"
        case .journal(let error): error.message
        case .repeated: "repeated"
        case .stopping: "stopping"
        }
    }
}

extension Command {
    /// The wish as a person would type it.
    package var word: String {
        switch self {
        case .declare: "declare"
        case .withdraw: "withdraw"
        case .start(let release): "start \(release)"
        case .promote(let from): "promote" + (from.map { " from step \($0 + 1)" } ?? "")
        case .promoteFully(let arm): "promote --full" + (arm.map { " \($0)" } ?? "")
        case .pause: "pause"
        case .resume: "resume"
        case .abort: "abort"
        case .retry: "retry"
        case .keep: "keep"
        case .unqueue: "unqueue"
        case .undo(let release): "undo" + (release.map { " to \($0)" } ?? "")
        case .overrideFreeze: "override"
        case .report: "report"
        }
    }
}
