import Engine
import Rollouts
import Transport

/// What is to be written for a route, given what is there: pure.
///
/// On the way up a subset is right and has healthy instances before it gets requests; on the way back the split comes
/// first. A subset gets other instances only while it carries nothing: where it does, everything goes to the stable
/// release for a moment.
struct ConsulPlan: Hashable, Sendable {
    /// In this order. Each names the index that its entry must have still.
    let writes: [EntryWrite]
    /// Subsets that get requests for the first time, and what chooses their instances: there must be some.
    let newcomers: [Newcomer]
    /// Whether the route is written then; else another plan follows.
    let isLast: Bool

    struct Newcomer: Hashable, Sendable {
        let subset: String
        let filter: String?
    }

    /// Throws `fenced`, `foreign` or `rejected`, where nothing may be written.
    init(_ write: RouteWrite, _ sight: ConsulSight, epoch: Int?) throws(RouteFailure) {
        let refuge = ConsulRoute.refuge(
            of: write.route, isRollback: write.isRollback, after: sight.mark, sight.refuge)
        let route = ConsulRoute(
            write.route, sight.target, sight.backends, refuge: refuge, occupants: write.occupants)
        try route.check()
        try Self.checkFence(write, sight, epoch)
        let draft = Draft(write, route, sight, epoch)
        if draft.mustGather {
            (writes, newcomers, isLast) = (try draft.gathering(), [], false)
            return
        }
        (writes, isLast) = (try draft.writes(), true)
        newcomers = write.isRollback ? [] : draft.newcomers
    }

    private static func checkFence(
        _ write: RouteWrite, _ sight: ConsulSight, _ epoch: Int?
    ) throws(RouteFailure) {
        if let entry = sight.entries.first(where: \.isOfKubernetes) {
            throw RouteFailure(
                .foreign,
                "\(entry.name) is made from a custom resource by consul-k8s, which would write over it; route by "
                    + "that resource, or take the note `external-source` out once the resource is gone")
        }
        let fence = Fence(write: write, epoch: epoch, home: "the Meta")
        let names = sight.backends.names
        try fence.check(
            sight.splitter.marks, "\(sight.splitter.name)", backends: names, isIntact: sight.isIntact)
        for entry in [sight.resolver, sight.router] {
            // They bear the number of the last write that changed them.
            try fence.check(entry.marks, "\(entry.name)", backends: names) { _ in false }
        }
    }
}

private struct Draft {
    let write: RouteWrite
    let route: ConsulRoute
    let sight: ConsulSight
    let mark: ObjectMark

    init(_ write: RouteWrite, _ route: ConsulRoute, _ sight: ConsulSight, _ epoch: Int?) {
        (self.write, self.route, self.sight) = (write, route, sight)
        var mark = ObjectMark(write, epoch: epoch)
        mark.backends = sight.backends.names
        self.mark = mark
    }

    /// Subsets that are to have other instances than they have.
    private var repointed: [String] {
        route.filters.filter { sight.filter(of: $0.key) != $0.value }.keys.sorted()
    }

    var mustGather: Bool {
        guard !route.route.isAll(to: route.refuge) else { return false }
        return repointed.contains { name in
            name != route.refugeName && sight.has(name) && sight.carrying.contains(name)
        }
    }

    var newcomers: [ConsulPlan.Newcomer] {
        route.reached.subtracting(sight.carrying).sorted().map { name in
            ConsulPlan.Newcomer(subset: name, filter: route.filters[name] ?? sight.filter(of: name))
        }
    }

    /// The split cannot come first where a subset that it needs is missing, or is somebody else's.
    private var isSplitFirst: Bool {
        let isReady = route.reached.allSatisfy { name in
            sight.has(name) && (route.filters[name] == nil || !repointed.contains(name))
        }
        return isReady && (write.isRollback || newcomers.isEmpty)
    }

    func writes() throws(RouteFailure) -> [EntryWrite] {
        var resolver = try resolverWrite()
        if !write.isRollback, newcomers.contains(where: { repointed.contains($0.subset) }) {
            resolver?.settles = true
        }
        let (splitter, router, defaults) = (try splitterWrite(), try routerWrite(), defaultsWrite())
        let ordered =
            isSplitFirst
            ? [defaults, splitter, router, resolver] : [defaults, resolver, splitter, router]
        return ordered.compactMap(\.self)
    }

    /// Everything to the stable release, so that the subsets are free.
    func gathering() throws(RouteFailure) -> [EntryWrite] {
        var partial = mark
        partial.isPartial = true
        let content = try route.gathered.splitter(on: sight.splitter)
        var splitter = EntryWrite(sight.splitter, try marked(content, partial, isSplitter: true))
        splitter?.settles = true
        let cleared = try route.gathered.router(on: sight.router, former: sight.former(sight.router))
        let router = try cleared.flatMap { content throws(RouteFailure) in
            try stamped(content, on: sight.router)
        }
        return [router, splitter].compactMap(\.self)
    }

    private func splitterWrite() throws(RouteFailure) -> EntryWrite? {
        EntryWrite(
            sight.splitter, try marked(try route.splitter(on: sight.splitter), mark, isSplitter: true))
    }

    private func resolverWrite() throws(RouteFailure) -> EntryWrite? {
        guard sight.target.resolves, let content = try route.resolver(on: sight.resolver) else { return nil }
        return try stamped(content, on: sight.resolver)
    }

    private func routerWrite() throws(RouteFailure) -> EntryWrite? {
        guard let content = try route.router(on: sight.router, former: sight.former(sight.router)) else {
            return nil
        }
        return try stamped(content, on: sight.router)
    }

    private func defaultsWrite() -> EntryWrite? {
        guard let entry = sight.defaults, let proto = sight.target.proto else { return nil }
        var content = entry.document == nil ? entry.name.bare : entry.content
        content["Protocol"] = .string(proto)
        return EntryWrite(entry, content)
    }

    /// An entry beside the splitter is written when it changes, and once by each leader: what a former leader still
    /// has on its way comes to nothing then.
    private func stamped(_ content: JSON, on entry: ConsulEntry) throws(RouteFailure) -> EntryWrite? {
        let known = entry.mark(of: write.rollout)
        let isNewLeader = known.map { $0.epoch != mark.epoch || $0.journal != mark.journal } ?? false
        guard isNewLeader || !content.means(entry.content) else { return nil }
        var own = mark
        // What was made by us, and is empty in the end, is taken away again.
        own.inserted = entry.document == nil ? [EntryWrite.madeByUs] : known?.inserted ?? []
        return EntryWrite(entry, try marked(content, own, isSplitter: false))
    }

    private func marked(
        _ content: JSON, _ mark: ObjectMark, isSplitter: Bool
    ) throws(RouteFailure) -> JSON {
        var meta = (content["Meta"]?.object ?? [:]).compactMapValues(\.string)
        meta = try MetaPieces.replacing(ObjectMark.key(of: mark.rollout), with: mark.text, in: meta)
        if isSplitter { meta[RefugeNote.key(of: mark.rollout)] = route.refugeName }
        var content = content
        content["Meta"] = JSON(meta)
        return content
    }
}

extension EntryWrite {
    /// Stands in the mark of an entry that nobody had before.
    static let madeByUs = "entry"
}
