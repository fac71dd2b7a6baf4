import Rollouts

/// The files that this process has to do with.
actor RouteFiles {
    private let store: any RouteStore
    private var files: [String: RouteFile] = [:]
    /// Noticed, and not yet told.
    private var pending: [RolloutName] = []

    init(in store: any RouteStore) {
        self.store = store
    }

    func file(of rollout: RolloutName, _ target: EnvoyTarget) -> RouteFile {
        if let file = files[target.route], file.rollout == rollout { return file }
        let file = RouteFile(rollout, route: target.route, in: store)
        files[target.route] = file
        return file
    }

    /// The next rollout whose file holds what the engine has not heard of.
    func nextDisturbed(in changes: AsyncStream<FolderChange>) async -> RolloutName? {
        while pending.isEmpty {
            // A new iterator goes on where the last one stopped.
            var iterator = changes.makeAsyncIterator()
            guard let change = await iterator.next(isolation: #isolation) else { return nil }
            pending = await disturbed(by: change)
        }
        return pending.removeFirst()
    }

    private func disturbed(by change: FolderChange) async -> [RolloutName] {
        var disturbed: [RolloutName] = []
        for file in concerned(by: change) where await file.isDisturbed() {
            disturbed.append(file.rollout)
        }
        return disturbed
    }

    private func concerned(by change: FolderChange) -> [RouteFile] {
        switch change {
        case .anything: files.values.sorted { $0.rollout < $1.rollout }
        case .file(let name) where name.hasSuffix(".json"): files[String(name.dropLast(5))].map { [$0] } ?? []
        case .file: []
        }
    }
}
