import Analysis
import Engine
import Rollouts
import TestServer
import Testing
import Transport

@testable import Workloads

/// The rollout, the plan of its instances and a mesh of two Services, in any order of events: commits, wishes, pods
/// that come and go, endpoints that lag behind, writes that arrive and are never heard of.
@Suite struct RoleWalkTests {
    @Test(arguments: 0..<300)
    func noServiceThatCarriesIsPointedElsewhereAndNothingThatCarriesIsTakenDown(seed: UInt64) throws {
        var walk = RoleWalk(seed: seed)
        for _ in 0..<250 { try walk.step() }
        #expect(walk.mishaps == [], "seed \(seed)")
        let isAtRest = try walk.comesToRest()
        #expect(isAtRest, "seed \(seed): \(walk.picture)")
        #expect(walk.mishaps == [], "seed \(seed), on the way to rest")
    }

    /// Without a mesh the one Service carries everything, and is pointed only at a release with all its instances.
    @Test(arguments: 0..<300)
    func aServiceThatMovesTheTrafficAlwaysHasInstances(seed: UInt64) throws {
        var walk = RoleWalk(seed: seed, division: .names)
        for _ in 0..<250 { try walk.step() }
        #expect(walk.mishaps == [], "seed \(seed)")
        let isAtRest = try walk.comesToRest()
        #expect(isAtRest, "seed \(seed): \(walk.picture)")
        #expect(walk.mishaps == [], "seed \(seed), on the way to rest")
    }

    /// Without a mesh every instance carries its share, and Services for one release stand beside the one for both.
    @Test(arguments: 0..<300)
    func whereInstancesDivideTheTrafficNoServiceLosesItsLastOne(seed: UInt64) throws {
        var walk = RoleWalk(seed: seed, division: .instances(canSurge: true))
        for _ in 0..<250 { try walk.step() }
        #expect(walk.mishaps == [], "seed \(seed)")
        let isAtRest = try walk.comesToRest()
        #expect(isAtRest, "seed \(seed): \(walk.picture)")
        #expect(walk.mishaps == [], "seed \(seed), on the way to rest")
    }

    /// Else the walks prove nothing.
    @Test func theWalksSeePromotionsAndRollbacksInNumbers() throws {
        var (pointed, promoted, aborted) = (0, 0, 0)
        for seed in UInt64(0)..<100 {
            var walk = RoleWalk(seed: seed)
            for _ in 0..<250 { try walk.step() }
            (pointed, promoted, aborted) = (
                pointed + walk.pointed, promoted + walk.promoted, aborted + walk.aborted
            )
        }
        #expect(pointed > 100 && promoted > 50 && aborted > 50, "\(pointed), \(promoted), \(aborted)")
    }
}

private struct RoleWalk {
    private(set) var mishaps: [String] = []
    private(set) var (pointed, promoted, aborted) = (0, 0, 0)
    private let division: Division?
    private var dice: SeededDice
    private var now = Moment(microseconds: 0)
    private var rollout = Rollout(name: RolloutName("web"))
    /// By image.
    private var sets: [String: Counts] = [:]
    private var services = ["web-stable": Pointed(), "web-canary": Pointed()]
    private var weights: [String: Weight] = ["web-stable": .all, "web-canary": .none]

    private var isDivided: Bool { division == .instances(canSurge: true) }

    private static let replicas = 4
    private static let images = (0..<6).map { "web:\($0)" }
    private static let image = Dictionary(
        uniqueKeysWithValues: images.map { (Sketch.release($0), $0) })

    struct Counts {
        var wanted: Int
        var available: Int
        var revision: Int
        var since: UInt64
    }

    struct Pointed {
        var release: String?
        /// The release whose pods it reaches; the endpoints come later.
        var reached: String?
        var since: UInt64 = 0
    }

    init(seed: UInt64, division: Division? = nil) {
        dice = SeededDice(seed)
        self.division = division
    }

    var picture: String {
        "\(rollout.phase), sizes \(sets), services \(services), weights \(weights), \(rollout.outstanding)"
    }

    mutating func step() throws {
        switch dice.roll(12) {
        case 0: tell(.declare(declaration(Self.images[dice.roll(Self.images.count)])))
        case 1: tell(wish)
        case 2: elapse(.seconds(1 + dice.roll(40)))
        case 3, 4: podsGetReady()
        case 5: aPodIsLost()
        case 6: endpointsFollow()
        case 7, 8: route(isHeard: dice.roll(4) > 0)
        default: try scale()
        }
    }

    /// Everything works from now on, and a person promotes what waits.
    mutating func comesToRest() throws -> Bool {
        for _ in 0..<200 {
            elapse(.seconds(60))
            for _ in 0..<4 { podsGetReady() }
            endpointsFollow()
            route(isHeard: true)
            try scale()
            tell(.resume)
            tell(.promote(from: nil))
            if isAtRest { return true }
        }
        return rollout.stable == nil && rollout.flight == nil
    }

    private var isAtRest: Bool {
        guard let stable = rollout.stable, rollout.flight == nil, rollout.outstanding.isEmpty else {
            return false
        }
        let sizes = sets.filter { $0.value.wanted > 0 }.mapValues(\.wanted)
        return sizes == [Self.image[stable.name] ?? "": Self.replicas]
            && services.values.allSatisfy { $0.release == stable.name } && weights["web-stable"] == .all
    }
}

// MARK: - The rollout

extension RoleWalk {
    private var wish: Command {
        mutating get {
            switch dice.roll(7) {
            case 0: .abort(why: nil)
            case 1: .undo(to: nil)
            case 2: .promoteFully(arm: nil)
            case 3: .retry
            default: .promote(from: nil)
            }
        }
    }

    private mutating func declaration(_ image: String) -> Declaration {
        var workload = Sketch.target(image, replicas: Self.replicas) {
            $0["services"] = ["stable": "web-stable", "canary": "web-canary"]
        }
        workload.namesRoles = true
        workload.division = division
        var traffic = TrafficTarget(router: "istio", backends: Backends(a: "web-stable", b: "web-canary"))
        traffic.namesRoles = division == nil ? true : nil
        let plans = isDivided ? Self.shares : division == nil ? Self.climbs : Self.switches
        let plan = Plan(
            steps: plans[dice.roll(plans.count)], judgement: .safe,
            scaleDownDelay: .seconds(dice.roll(2) * 30), abortScaleDownDelay: .seconds(dice.roll(2) * 30))
        return Declaration(
            name: rollout.name, traffic: traffic, plan: plan, source: "web.yaml",
            rollbackWindow: 2, workload: workload)
    }

    private static let climbs: [[Step]] = [
        [.setWeight(.percent(50)), .pause(nil)],
        [.setWeight(.percent(20)), .pause(.seconds(10)), .setWeight(.percent(60)), .pause(nil)],
        [.setScale(.share(.percent(50))), .pause(nil), .setWeight(.percent(80)), .setScale(.traffic)],
    ]

    private static let shares: [[Step]] = [
        [.setWeight(.percent(50)), .pause(nil)],
        [.setWeight(.percent(20)), .pause(.seconds(10)), .setWeight(.percent(100)), .pause(nil)],
    ]

    private static let switches: [[Step]] = [
        [.setScale(.share(.all)), .pause(nil), .setWeight(.all)],
        [
            .setScale(.instances(1)), .pause(nil), .setScale(.share(.all)), .setWeight(.all),
            .pause(.seconds(10)),
        ],
    ]

    /// What is refused changes nothing.
    private mutating func tell(_ command: Command) {
        do throws(Refusal) {
            let (entries, next) = try rollout.turn(command, by: "test", at: now)
            promoted += entries.count { if case .completed = $0.event { true } else { false } }
            aborted += entries.count { if case .aborted = $0.event { true } else { false } }
            rollout = next
        } catch {
            return
        }
    }

    private mutating func elapse(_ duration: Duration) {
        now = now + duration
        tell(.report(.woke(at: now)))
    }
}

// MARK: - The mesh

extension RoleWalk {
    /// - Parameter isHeard: or the answer is lost, and the write is in force all the same.
    private mutating func route(isHeard: Bool) {
        for case .route(let order) in rollout.outstanding {
            let home = order.route.home ?? .a
            let names = [(home, "web-stable"), (home == .a ? .b : .a, "web-canary")]
            for (place, service) in names {
                weights[service] = order.route.weight(of: place)
                guard weights[service] != Weight.none else { continue }
                check(service, stands: order.occupants[place])
            }
            tell(
                .report(
                    isHeard
                        ? .routed(since: order.since, evidence: "seen")
                        : .routeFailed(
                            since: order.since, attempt: order.attempt,
                            failure: RouteFailure(.unavailable, "lost"))))
        }
    }

    private mutating func check(_ service: String, stands release: String?) {
        let pointed = services[service] ?? Pointed()
        // Before the first order it has the pods of all releases.
        guard let reached = pointed.reached else { return }
        if pointed.release != release || reached != release {
            mishaps.append("\(service) gets traffic for \(release ?? "?") and stands for \(pointed)")
        }
    }

    /// What a release's instances get now.
    private func carried(by release: String) -> Weight {
        services.reduce(Weight.none) { sum, service in
            service.value.release == release ? max(sum, weights[service.key] ?? .none) : sum
        }
    }
}

// MARK: - The cluster

extension RoleWalk {
    private mutating func podsGetReady() {
        for image in sets.keys.sorted() where dice.roll(2) == 0 {
            guard let counts = sets[image] else { continue }
            sets[image]?.available = min(counts.wanted, counts.available + 2)
        }
    }

    private mutating func aPodIsLost() {
        let image = Self.images[dice.roll(Self.images.count)]
        guard let available = sets[image]?.available, available > 0 else { return }
        sets[image]?.available = available - 1
        tell(.report(.shrunk(since: rollout.scaling?.since ?? 0, found: "a pod is gone")))
    }

    private mutating func endpointsFollow() {
        for (name, pointed) in services { services[name]?.reached = pointed.release }
    }

    /// One look, and what comes of it; the process may die between two writes.
    private mutating func scale() throws {
        for case .scale(let order) in rollout.outstanding {
            let write = ScaleWrite(
                rollout: rollout.name, target: order.target, sizes: order.sizes, roles: order.roles,
                since: order.since, journal: "north", isRollback: order.isRollback)
            let plan = ScalePlan(
                write, try WorkloadSettings(write.rollout, write.target), instances, surroundings, now: now)
            do throws(WorkloadFailure) {
                switch try plan.progress() {
                case .act(let deeds):
                    for deed in deeds.prefix(1 + dice.roll(deeds.count)) { carryOut(deed, write) }
                case .done(let evidence): tell(.report(.scaled(since: order.since, evidence: evidence)))
                case .wait: break
                case .look: mishaps.append("everything was looked at")
                }
            } catch {
                if error.kind == .foreign { mishaps.append(error.message) }
                tell(.report(.scaleFailed(since: order.since, attempt: order.attempt, failure: error)))
            }
        }
    }

    private mutating func carryOut(_ deed: Deed, _ write: ScaleWrite) {
        switch deed {
        case .create(let size, let revision):
            sets[Self.image[write.target.release] ?? ""] = Counts(
                wanted: size, available: 0, revision: revision, since: write.since)
        case .resize(let replicaSet, let size): resize(replicaSet.release, to: size, write)
        case .mark(let replicaSet): sets[Self.image[replicaSet.release] ?? ""]?.since = write.since
        case .point(let service, let replicaSet): point(service.name, at: replicaSet.release, write)
        case .delete(let replicaSet):
            if carried(by: replicaSet.release) > .none, !isDivided || replicaSet.available > 0 {
                mishaps.append("\(replicaSet.name) is deleted")
            }
            sets[Self.image[replicaSet.release] ?? ""] = nil
        case .dress, .evict, .shrink: mishaps.append("nobody asked for \(deed)")
        }
    }

    private mutating func resize(_ release: String, to size: Int, _ write: ScaleWrite) {
        let image = Self.image[release] ?? ""
        if isDivided { checkShares(image, release, size, write) }
        let weight = isDivided ? .none : carried(by: release)
        let needed = (Self.replicas * Int(weight.millionths) + 999_999) / 1_000_000
        if size < sets[image]?.wanted ?? 0, size < needed {
            mishaps.append("\(image) carries \(weight) and is taken down to \(size)")
        }
        let available = sets[image]?.available ?? 0
        sets[image]?.wanted = size
        sets[image]?.available = min(size, available)
        sets[image]?.since = write.since
    }

    private mutating func checkShares(_ image: String, _ release: String, _ size: Int, _ write: ScaleWrite) {
        let available = sets[image]?.available ?? 0
        guard size < available else { return }
        let left = sets.values.reduce(0) { $0 + $1.available } - available + size
        // A quarter of four may be missing.
        if left < Self.replicas - 1 { mishaps.append("\(left) instances are left of \(Self.replicas)") }
        let names = services.filter { $0.value.release == release }.keys
        if size == 0, names.contains("web-stable"), !write.isRollback {
            mishaps.append("web-stable loses its last instance")
        }
    }

    private mutating func point(_ name: String, at release: String, _ write: ScaleWrite) {
        let former = services[name]?.release
        if let former, former != release {
            pointed += 1
            // Before there is a stable release, nobody relies on the one that is overtaken.
            let counts = sets[Self.image[release] ?? ""]
            // A few good instances are better than what was found bad.
            let left = sets[Self.image[former] ?? ""]?.available ?? 0
            let least = isDivided ? max(1, min(left, Self.replicas)) : Self.replicas
            let isWhole = counts?.available ?? 0 >= (write.isRollback ? 1 : least)
            let isFree = weights[name] == Weight.none || (division != nil && isWhole)
            if !isFree, rollout.stable != nil {
                mishaps.append("\(name) carries \(weights[name] ?? .none) and is pointed elsewhere")
            }
        }
        services[name]?.release = release
        services[name]?.since = write.since
    }

    private var instances: Instances {
        let replicaSets = sets.map { image, counts in
            ReplicaSet.sketch(
                image, wanted: counts.wanted, available: counts.available, revision: counts.revision,
                since: counts.since)
        }
        let pods = sets.flatMap { image, counts in
            (0..<counts.available).map { Pod.sketch("\(image)-\($0)", of: image) }
        }
        return Instances(replicaSets: replicaSets, pods: pods)
    }

    private var surroundings: Surroundings {
        Surroundings(
            services: services.map { name, pointed in
                var service: JSON = ["metadata": ["name": .string(name)]]
                if let release = pointed.release {
                    service["metadata"]["annotations"] = [
                        Mark.service: "web", Mark.since: .string("\(pointed.since)"), Mark.journal: "north",
                    ]
                    service["spec"]["selector"] = ["rollouts-pod-template-hash": .string(release)]
                }
                let image = pointed.reached.flatMap { Self.image[$0] } ?? ""
                let pods = (0..<(sets[image]?.available ?? 0)).map { "\(image)-\($0)" }
                return ServiceSight(
                    service,
                    slices: [["endpoints": .array(pods.map { ["targetRef": ["name": .string($0)]] })]])
            })
    }
}

extension Weight {
    fileprivate static func percent(_ percent: Int) -> Weight { Weight(percent: percent) ?? .none }
}
