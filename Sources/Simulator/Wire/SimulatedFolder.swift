import Engine
import Rollouts
import Traffic

/// The folder that the world's Envoys take their routes from, as one process sees it.
struct SimulatedFolder: RouteStore {
    let world: World
    let life: Life

    func path(of name: String) -> String { "/simulated/\(name)" }

    func read(_ name: String) throws(RouteFailure) -> [UInt8]? {
        guard life.isAlive else { throw dead }
        return world.folder[name]
    }

    func replace(_ name: String, with bytes: [UInt8]) throws(RouteFailure) {
        if world.crashes(life, at: .beforeSend) { throw dead }
        if life.disk.isFull { throw RouteFailure(.unavailable, "no space is left for \(name)") }
        world.place(name, bytes)
        if world.crashes(life, at: .afterSend) { throw dead }
    }

    func exclusively<Result>(
        _ name: String, _ body: () throws(RouteFailure) -> Result
    ) throws(RouteFailure) -> Result {
        if world.happens(\.unavailable) { throw RouteFailure(.unavailable, "\(name) is locked") }
        return try body()
    }

    func watch() throws(RouteFailure) -> RouteWatch {
        let (changes, teller) = AsyncStream<FolderChange>.makeStream()
        life.folderWatch = teller
        return RouteWatch(changes: changes) { teller.finish() }
    }

    func logLength(_ path: String) -> Int { 0 }

    func log(_ path: String, from length: Int) -> String { "" }

    private var dead: RouteFailure { RouteFailure(.unavailable, "the process is dead") }
}

extension World {
    /// A file is in place; Envoys read it, and everybody who watches the folder hears of it.
    func place(_ name: String, _ bytes: [UInt8]) {
        folder[name] = bytes
        for life in lives where life.isAlive { life.folderWatch?.yield(.file(name)) }
        guard name.hasSuffix(".json") else { return }
        let rollout = RolloutName(String(name.dropLast(5)))
        guard let file = EnvoyFile(bytes), var borne = file.borne(between: backends(of: rollout)) else {
            return
        }
        borne.dump = file.dump
        let before = mesh.borne[rollout]
        mesh.bear(borne, for: rollout)
        if before != borne { note(.landed(rollout, borne, over: before)) }
        spread(rollout)
    }

    /// Somebody edits the file by hand.
    func edit(_ rollout: RolloutName) {
        let name = "\(rollout).json"
        guard let file = folder[name].flatMap(EnvoyFile.init) else { return }
        let bytes = file.exchangingShares()
        guard bytes != folder[name], let edited = EnvoyFile(bytes),
            var borne = edited.borne(between: backends(of: rollout))
        else { return }
        note(.tampered(rollout))
        folder[name] = bytes
        (borne.dump, borne.isTampered) = (edited.dump, true)
        mesh.bear(borne, for: rollout)
        spread(rollout)
        for life in lives where life.isAlive { life.folderWatch?.yield(.file(name)) }
    }

    func backends(of rollout: RolloutName) -> Backends {
        manifests.first { $0.name == rollout }?.traffic.backends ?? Backends(a: "web-a", b: "web-b")
    }
}
