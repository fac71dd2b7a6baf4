import Rollouts

/// One rollout's file in Envoy's folder: written by one order at a time, watched for other hands.
actor RouteFile {
    let rollout: RolloutName
    let store: any RouteStore
    private let name: String
    /// Holds the route that Envoy was last seen to have. Envoy serves nothing when it starts with a file that it
    /// rejects, so there must be one to put back.
    private let applied: String
    /// What the file held when the engine last heard of it.
    private var known: [UInt8]?

    nonisolated var path: String { store.path(of: name) }

    init(_ rollout: RolloutName, route: String, in store: any RouteStore) {
        (self.rollout, self.store) = (rollout, store)
        (name, applied) = ("\(route).json", ".\(route).applied")
    }

    /// Puts the route in place unless it is there already. Returns whether anything was written.
    func put(_ document: RouteDocument) throws(RouteFailure) -> Bool {
        try store.exclusively(name) { () throws(RouteFailure) in
            let present = try store.read(name)
            if let present { try check(present, against: document) }
            known = document.bytes
            guard present != document.bytes else { return false }
            try store.replace(name, with: document.bytes)
            return true
        }
    }

    func read() throws(RouteFailure) -> [UInt8]? {
        known = try store.read(name)
        return known
    }

    /// Moves the same content in once more, so that Envoy reads it again and says yes or no to it.
    func putAgain(_ document: RouteDocument) throws(RouteFailure) {
        try store.exclusively(name) { () throws(RouteFailure) in
            try expect(document)
            try store.replace(name, with: document.bytes)
        }
    }

    /// Notes that Envoy has the route.
    func keep(_ document: RouteDocument) throws(RouteFailure) {
        guard try store.read(applied) != document.bytes else { return }
        try store.replace(applied, with: document.bytes)
    }

    func lastApplied() throws(RouteFailure) -> [UInt8]? {
        try store.read(applied)
    }

    /// Puts what Envoy has in the place of what it rejected.
    func replace(_ rejected: RouteDocument, with bytes: [UInt8]) throws(RouteFailure) {
        try store.exclusively(name) { () throws(RouteFailure) in
            try expect(rejected)
            known = bytes
            try store.replace(name, with: bytes)
        }
    }

    /// Whether the file holds what the engine has not heard of.
    func isDisturbed() -> Bool {
        // A file that can't be read is for the engine to find out about, by observing it.
        guard let present = try? store.read(name) else { return known != nil }
        return present != known
    }

    private func expect(_ document: RouteDocument) throws(RouteFailure) {
        guard try store.read(name) == document.bytes else {
            throw RouteFailure(.unverified, "\(path) was changed by somebody while Envoy was to read it")
        }
    }

    private func check(_ present: [UInt8], against document: RouteDocument) throws(RouteFailure) {
        let borne = BorneRoute(parsing: present)
        guard let marks = borne.marks else { return }
        try check(marks, against: document.marks)
        // What Headgate wrote gives way to a write that knows of it, and to none else. What somebody edited has
        // kept its number and gives way to the next write.
        let before = borne.document(for: document.target)
        let isIntact = before?.bytes == present && before?.route != document.route
        guard marks.since <= (isIntact ? document.previous : document.marks.since) else {
            throw RouteFailure(
                .fenced,
                "\(path) bears event \(marks.since), which is no earlier one than \(document.marks.since)",
                bears: marks.since, isSameRoute: before?.bytes == present && before?.route == document.route)
        }
    }

    private func check(_ borne: RouteMarks, against marks: RouteMarks) throws(RouteFailure) {
        guard borne.rollout == marks.rollout else {
            throw RouteFailure(
                .foreign,
                "\(path) bears the mark of rollout \(borne.rollout); give one of the two another `route`")
        }
        guard borne.journal == marks.journal else {
            throw RouteFailure(
                .foreign,
                "\(path) bears the mark of journal \(borne.journal); stop the controller that keeps it, or "
                    + "delete \(path) to let this journal take over (Envoy keeps serving the last split)")
        }
    }
}
