package import Rollouts

/// Moves traffic in one kind of mesh.
///
/// A router is asked in two steps, because a weight counts when the data plane has it and not when an
/// interface took it. Both are idempotent: the engine repeats them after a crash, a timeout or a doubt.
package protocol TrafficRouter: Sendable {
    /// What `TrafficTarget.router` says for this router: `envoy`.
    var kind: String { get }

    /// Names what is reached through this target, so that one slow mesh delays its own rollouts only.
    func backend(of target: TrafficTarget) -> String

    /// Writes the route. Returns when the mesh's interface took it: *accepted*.
    ///
    /// Refuses to replace a write that it does not know of (`fenced`, see `RouteWrite.mayReplace`), and
    /// leaves alone what bears the mark of another journal (`foreign`). Writes nothing when the mesh already
    /// bears this very route under this very number.
    func write(_ write: RouteWrite) async throws(RouteFailure) -> RouteReceipt

    /// Returns when the data plane shows the written route: *applied*. Throws what the data plane said
    /// against it. The caller sets the deadline by cancelling.
    func confirm(_ receipt: RouteReceipt) async throws(RouteFailure) -> RouteEvidence

    /// What the mesh bears for the target now; none where nothing was ever written.
    func observe(_ rollout: RolloutName, _ target: TrafficTarget) async throws(RouteFailure) -> ObservedRoute?

    /// What is or may be in the way of a release, before anything is moved. Reads, and writes nothing. What can't be
    /// read is a finding too, unless nothing can. The caller sets the deadline by cancelling.
    ///
    /// Asked of the router and not by a port of its own: it has the connection, the rights and the names, and whoever
    /// adds a mesh adds one thing.
    func inspect(_ inspection: Inspection, of rollout: RolloutName) async throws(RouteFailure) -> [Finding]

    /// The rollouts whose routes may have been changed by somebody else, as that is noticed. The engine
    /// observes each and decides. Ends when the router is closed.
    func disturbances() -> AsyncStream<RolloutName>
}

extension TrafficRouter {
    /// A mesh that nobody looks into is no reason against a release.
    package func inspect(
        _ inspection: Inspection, of rollout: RolloutName
    ) async throws(RouteFailure) -> [Finding] { [] }
}

/// One route to be written, with the marks it must bear.
package struct RouteWrite: Hashable, Sendable {
    package let rollout: RolloutName
    package let target: TrafficTarget
    package let route: Route
    /// The fence; see `Sequence`.
    package let since: Sequence
    /// The latest number that may be there already.
    package let previous: Sequence
    /// The identity of the journal that wants it.
    package let journal: String
    /// The release in each place, by name; for meshes whose names are pointed at releases.
    package let occupants: [Place: String]
    /// Whether it takes traffic back: then nothing is waited for that can be waited for later.
    package let isRollback: Bool

    package init(
        rollout: RolloutName, target: TrafficTarget, route: Route, since: Sequence, previous: Sequence? = nil,
        journal: String, occupants: [Place: String] = [:], isRollback: Bool = false
    ) {
        self.rollout = rollout
        self.target = target
        self.route = route
        self.since = since
        self.previous = previous ?? max(since, 1) - 1
        self.journal = journal
        self.occupants = occupants
        self.isRollback = isRollback
    }

    /// Whether this write may take the place of one with that number. A higher one is either newer than this
    /// write, or was made by nobody its log knows of.
    package func mayReplace(_ borne: Sequence) -> Bool { borne <= previous }
}

/// The mesh's interface took a write.
package struct RouteReceipt: Hashable, Sendable {
    package let write: RouteWrite
    /// For people: `wrote /etc/envoy/routes/checkout.json`.
    package let text: String
    /// What `confirm` looks for in the data plane: a version.
    package let token: String

    package init(write: RouteWrite, text: String, token: String) {
        self.write = write
        self.text = text
        self.token = token
    }
}

/// The data plane shows the route.
package struct RouteEvidence: Hashable, Sendable {
    /// For people: `Envoy shows version 12.f00d, 20 % on web-b`.
    package let text: String

    package init(text: String) {
        self.text = text
    }
}

/// What the mesh bears.
package struct ObservedRoute: Hashable, Sendable {
    /// None where the weights are not of a form that this project writes.
    package let route: Route?
    package let since: Sequence?
    package let journal: String?
    /// For people, where it differs from what is wanted.
    package let text: String

    package init(route: Route?, since: Sequence?, journal: String?, text: String) {
        self.route = route
        self.since = since
        self.journal = journal
        self.text = text
    }
}
