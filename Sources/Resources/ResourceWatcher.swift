import Analysis
package import Engine
package import Kubernetes
package import Logging
import Manifests
import Rollouts
import Transport

/// Keeps the control loop's declarations equal to the Rollouts in a cluster, and the status of those equal to what the
/// loop does.
///
/// What is broken changes nothing: the last good version of a rollout stays in force, and its status says what is
/// wrong. A Rollout that a file declares too is left to the file.
package actor ResourceWatcher {
    let settings: ResourceSettings
    let api: any KubernetesAPI
    let loop: ControlLoop
    let log: Logger

    var shelf: Shelf
    /// By the names that the loop knows them by.
    var keys: [RolloutName: RolloutKey] = [:]
    /// What came of reading the newest version of each.
    var readings: [RolloutKey: ResourceReading] = [:]
    var freezes: FreezeShelf
    /// When something happened last to the rollouts of the journal, as it was at the start.
    var lastEvents: [RolloutName: Moment] = [:]
    /// What was last written, or tried to.
    var written: [RolloutKey: WrittenStatus] = [:]
    var runs = RunShelf()
    /// When each was written last.
    var runsWritten: [RunShelf.Place: RunWriting] = [:]
    private var complaints: Set<String> = []

    private let bells: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    package init(_ settings: ResourceSettings, api: any KubernetesAPI, loop: ControlLoop, log: Logger) {
        self.settings = settings
        self.api = api
        self.loop = loop
        self.log = log
        shelf = Shelf(settings)
        freezes = FreezeShelf(settings)
        (bells, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Looks at what must be known before the loop runs: no rollout is to advance in a freeze that is not known yet. An
    /// API server that does not answer is waited for a little; until it does, nothing of the cluster advances.
    package func readAhead(within limit: Duration = .seconds(3)) async {
        lastEvents = Dictionary(uniqueKeysWithValues: await loop.all.map { ($0.name, $0.lastEventAt) })
        await loop.use(UnknownFreezes(), of: .cluster)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for query in self.settings.freezeQueries { await self.listFreezes(query) }
            }
            // Cut short where the answers are there.
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Follows the cluster until cancelled.
    package func run() async {
        let changes = await loop.changes()
        await withTaskGroup(of: Void.self) { group in
            for query in settings.freezeQueries {
                group.addTask {
                    for await event in self.api.watch(query) { await self.take(freezes: event, query) }
                }
            }
            for query in settings.queries {
                group.addTask {
                    for await event in self.api.watch(query) { await self.take(event, query, changes) }
                }
            }
            for query in settings.runQueries {
                group.addTask { await self.followRuns(query, changes) }
            }
            group.addTask { await self.handIn(changes) }
            group.addTask { await self.writeStatuses(changes) }
        }
    }
}

/// What came of reading a Rollout.
struct ResourceReading: Hashable, Sendable {
    /// Which version of its spec was read.
    let generation: Int
    /// Why that is not in force; none when it is.
    let refusal: String?
}

// MARK: - What the cluster tells

extension ResourceWatcher {
    private func listFreezes(_ query: ObjectQuery) async {
        do throws(KubernetesError) {
            await take(freezes: .listed(try await api.list(query, .ordinary).items), query)
        } catch {
            await take(freezes: .interrupted(error), query)
        }
    }

    private func take(freezes event: ObjectEvent, _ query: ObjectQuery) async {
        if case .interrupted(let error) = event, error.kind != .missing { complain("\(error)") }
        guard freezes.take(event, query), freezes.isWhole else { return }
        for complaint in freezes.complaints { complain(complaint) }
        await loop.use(freezes.freezes, of: .cluster)
    }

    private func take(_ event: ObjectEvent, _ query: ObjectQuery, _ changes: Changes) async {
        if case .interrupted(let error) = event { complain("\(error)") }
        let wasWhole = shelf.isWhole
        let meddlings = shelf.take(event, query)
        if shelf.isWhole, !wasWhole { shelf.makeStale(await orphans) }
        bell.yield()
        for meddling in meddlings { await obey(meddling, changes) }
    }

    /// Rollouts of the journal whose objects may have gone while nobody watched.
    private var orphans: [RolloutKey] {
        get async {
            await loop.all.compactMap { rollout in
                guard let source = rollout.declaration?.source, !rollout.isWithdrawn else { return nil }
                return RolloutKey(source: source)
            }.filter { shelf.rollouts[$0] == nil && settings.covers($0) }
        }
    }

    /// Only Argo's tools wish something by writing a status; ours have commands for it.
    private func obey(_ meddling: Shelf.Meddling, _ changes: Changes) async {
        let (key, after) = (meddling.key, meddling.after.status)
        defer { changes.add([key.rollout]) }
        guard key.group == .argo else { return }
        let known = written[key]?.document ?? meddling.before.status
        // New against what was there, and against what may be there by a write of ours.
        guard StatusWish.read(from: meddling.before.status, to: after) != nil,
            let wish = StatusWish.read(from: known, to: after)
        else { return }
        await submit(wish, key, by: meddling.after.writer ?? "kubectl")
    }

    /// A wish that was written while nobody ran. Seen at the first look, before the status is written over.
    private func obeyWhatIsLeft(_ key: RolloutKey, _ rollout: Rollout) async {
        guard key.group == .argo, let sighting = shelf.rollouts[key], let last = lastEvents[key.rollout],
            let edit = sighting.edit, edit.isLater(than: last)
        else { return }
        let known = StatusDocument(
            rollout, key.group, generation: sighting.generation, refusal: nil, former: sighting.status,
            at: await loop.now
        ).json
        guard let wish = StatusWish.read(from: known, to: sighting.status, onlyIn: edit.fields) else {
            return
        }
        await submit(wish, key, by: edit.manager)
    }

    private func submit(_ wish: Command, _ key: RolloutKey, by who: String) async {
        do throws(Rejection) {
            // Argo's tool promotes what was taken back, too.
            if case .promoteFully = wish, let rollout = await loop.rollout(key.rollout), rollout.flight == nil
            {
                _ = try await loop.submit(.retry, to: key.rollout, by: who)
            }
            _ = try await loop.submit(wish, to: key.rollout, by: who)
        } catch {
            log.notice("\(key.rollout): what \(who) wrote into its status is declined: \(error)")
        }
    }

    /// Says each once.
    func complain(_ text: String) {
        if complaints.count > 10_000 { complaints = [] }
        if complaints.insert(text).inserted { log.warning("\(text)") }
    }
}

// MARK: - Handing in

extension ResourceWatcher {
    /// So many are read at a time: a turn of the loop with all their wishes makes no rollback wait.
    private static let readAtOnce = 200

    private func handIn(_ changes: Changes) async {
        for await _ in bells {
            let stale = shelf.takeStale()
            let present = stale.filter { shelf.rollouts[$0]?.isDeleting == false }
            for key in stale.subtracting(present).sorted() { await withdraw(key) }
            for group in Dictionary(grouping: present, by: \.place).values {
                let keys = group.sorted()
                for start in stride(from: 0, to: keys.count, by: Self.readAtOnce) {
                    await read(Array(keys[start..<min(start + Self.readAtOnce, keys.count)]), changes)
                }
            }
            changes.add(stale.map(\.rollout))
        }
    }

    private func read(_ keys: [RolloutKey], _ changes: Changes) async {
        let shelf = shelf
        let manifests = await Self.read(keys, on: shelf)
        let declarations = Dictionary(
            manifests.declarations.map { ($0.source, $0) }, uniquingKeysWith: { first, _ in first })
        await withTaskGroup(of: Void.self) { group in
            for key in keys {
                guard let sighting = shelf.rollouts[key] else { continue }
                var declaration = declarations[key.source]
                declaration?.name = key.rollout
                let flaw = declaration == nil ? manifests.flaw(of: key) : nil
                group.addTask { [declaration] in
                    await self.enforce(declaration, flaw, key, sighting.generation)
                }
            }
        }
    }

    /// Not on the actor: it goes on while objects are read.
    private nonisolated static func read(_ keys: [RolloutKey], on shelf: Shelf) async -> ManifestSet {
        shelf.read(keys)
    }

    private func enforce(
        _ declaration: Declaration?, _ flaw: String?, _ key: RolloutKey, _ generation: Int
    ) async {
        let known = await loop.rollout(key.rollout)
        var refusal = flaw
        if let other = known?.owner(otherThan: key.source), shelf.isOwner(other) {
            refusal = "\(other) declares \(key.rollout) already; remove one of them"
        } else {
            keys[key.rollout] = key
            if let declaration, known?.bears(declaration) != true {
                guard await submit(.declare(declaration), key) else { return }
            } else if let known, readings[key] == nil {
                await obeyWhatIsLeft(key, known)
            }
        }
        if let refusal { complain("\(key.source): \(refusal)") }
        readings[key] = ResourceReading(generation: generation, refusal: refusal)
    }

    /// Traffic goes back first: what carries the release may go with the object.
    private func withdraw(_ key: RolloutKey) async {
        guard let rollout = await loop.rollout(key.rollout), rollout.declaration?.source == key.source
        else { return forget(key) }
        if rollout.flight != nil, rollout.stable != nil {
            _ = await submit(.abort(why: "its Rollout is deleted"), key)
        }
        if !rollout.isWithdrawn, await !submit(.withdraw, key) { return }
        forget(key)
    }

    private func forget(_ key: RolloutKey) {
        guard shelf.rollouts[key] == nil else { return }
        readings[key] = nil
        written[key] = nil
        if keys[key.rollout] == key { keys[key.rollout] = nil }
    }

    /// Whether it was taken; otherwise it is tried again.
    private func submit(_ command: Command, _ key: RolloutKey) async -> Bool {
        do throws(Rejection) {
            _ = try await loop.submit(command, to: key.rollout, by: "kubernetes")
            return true
        } catch {
            complain("\(key.source) is not in force yet: \(error); it is tried again")
            shelf.makeStale([key])
            later { await self.ring() }
            return false
        }
    }

    private func ring() { bell.yield() }

    /// In a second. The task outlives a cancelled `run` by so long, and touches nothing then but a bell.
    nonisolated func later(_ deed: @escaping @Sendable () async -> Void) {
        Task {
            // Cut short is early, which is as good.
            try? await Task.sleep(for: .seconds(1))
            await deed()
        }
    }
}

extension ManifestSet {
    /// What is wrong with a Rollout, or with what it refers to.
    fileprivate func flaw(of key: RolloutKey) -> String {
        let own = errors.filter { $0.file == key.source }
        guard let first = own.first ?? errors.first else { return "it can't be read" }
        let place = first.path.isEmpty ? "" : "\(first.path): "
        let more = own.count > 1 ? " (and \(own.count - 1) more)" : ""
        return "\(first.file == key.source ? "" : first.file + ": ")\(place)\(first.message)\(more)"
    }
}

extension RolloutKey {
    fileprivate struct Place: Hashable {
        let group: ResourceGroup
        let namespace: String
    }

    fileprivate var place: Place { Place(group: group, namespace: namespace) }
}

extension ResourceSettings {
    fileprivate func covers(_ key: RolloutKey) -> Bool {
        groups.contains(key.group) && (namespaces.map { $0.contains(key.namespace) } ?? true)
    }
}

extension Shelf {
    /// Whether the source of a declaration is still there, as far as can be seen from here.
    fileprivate func isOwner(_ source: String) -> Bool {
        RolloutKey(source: source).map { rollouts[$0] != nil } ?? true
    }
}

extension Rollout {
    fileprivate func owner(otherThan source: String) -> String? {
        guard let owner = declaration?.source, owner != source, !isWithdrawn else { return nil }
        return owner
    }
}
