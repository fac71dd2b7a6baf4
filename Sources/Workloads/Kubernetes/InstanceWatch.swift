import Kubernetes
import Rollouts
import Transport

/// What a rollout's objects are filed under.
struct File: Hashable, Sendable {
    let namespace: String
    let name: String
}

/// Watches all ReplicaSets and pods of ours, and keeps what is needed of them: two watches for each namespace, however
/// many rollouts there are; or two for the whole cluster.
actor InstanceWatch {
    private let api: any KubernetesAPI
    private let isClusterWide: Bool
    private var files: [File: Instances] = [:]
    private var sights: [ObjectQuery: Sight] = [:]
    private var feeds: [ObjectQuery: Task<Void, Never>] = [:]
    /// Rung at every change of a file.
    private var bells: [File: [Int: AsyncStream<Void>.Continuation]] = [:]
    private var bellCount = 0
    /// Noticed, and not yet told.
    private var disturbed: [RolloutName] = []
    private let alarms: AsyncStream<Void>
    private let alarm: AsyncStream<Void>.Continuation
    private var isClosed = false

    /// How far a watch has come.
    private enum Sight {
        case blind
        case seeing
        /// What was seen may have changed meanwhile.
        case interrupted(KubernetesError)
    }

    init(_ api: any KubernetesAPI, isClusterWide: Bool) {
        self.api = api
        self.isClusterWide = isClusterWide
        (alarms, alarm) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// What is there; none while that is not known for certain. Throws why it can't be known.
    func instances(of file: File) throws(KubernetesError) -> Instances? {
        let queries = self.queries(for: file)
        for query in queries { follow(query) }
        for query in queries {
            switch sights[query] {
            case .seeing: break
            case .interrupted(let error) where !error.isTransient: throw error
            default: return nil
            }
        }
        return files[file] ?? Instances()
    }

    /// Why the sight is gone, in words.
    func trouble(of file: File) -> String? {
        queries(for: file).lazy.compactMap { query in
            if case .interrupted(let error) = self.sights[query] { error.message } else { nil }
        }.first
    }

    /// Rings at every change, until it is taken down.
    func bell(of file: File) -> (number: Int, bell: AsyncStream<Void>.Continuation, rings: AsyncStream<Void>)
    {
        let (rings, bell) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        bellCount += 1
        bells[file, default: [:]][bellCount] = bell
        return (bellCount, bell, rings)
    }

    func takeDown(_ number: Int, of file: File) {
        bells[file]?.removeValue(forKey: number)?.finish()
        if bells[file]?.isEmpty == true { bells[file] = nil }
    }

    /// The next rollout whose instances may have become fewer; none when closed. For one reader.
    func nextDisturbed() async -> RolloutName? {
        while disturbed.isEmpty {
            var iterator = alarms.makeAsyncIterator()
            guard !isClosed, await iterator.next(isolation: #isolation) != nil else { return nil }
        }
        return disturbed.removeFirst()
    }

    func close() {
        isClosed = true
        for feed in feeds.values { feed.cancel() }
        feeds = [:]
        alarm.finish()
    }
}

// MARK: - Watching

extension InstanceWatch {
    private func queries(for file: File) -> [ObjectQuery] {
        let namespace = isClusterWide ? nil : file.namespace
        return [ResourceKind.replicaSet, .pod].map { ObjectQuery($0, in: namespace, labels: Mark.rollout) }
    }

    private func follow(_ query: ObjectQuery) {
        guard feeds[query] == nil, !isClosed else { return }
        sights[query] = .blind
        let events = api.watch(query)
        feeds[query] = Task { [weak self] in
            for await event in events { await self?.take(event, of: query) }
        }
    }

    private func take(_ event: ObjectEvent, of query: ObjectQuery) {
        switch event {
        case .listed(let objects): replace(objects, of: query)
        case .added(let object), .modified(let object): learn(object, isGone: false)
        case .deleted(let object): learn(object, isGone: true)
        case .interrupted(let error):
            sights[query] = .interrupted(error)
            for file in bells.keys { ring(file) }
        }
    }

    /// After a gap nobody says what has gone meanwhile.
    private func replace(_ objects: [JSON], of query: ObjectQuery) {
        sights[query] = .seeing
        let isAboutPods = query.kind == .pod
        var former = files
        for file in files.keys where query.namespace == nil || query.namespace == file.namespace {
            if isAboutPods { files[file]?.pods = [:] } else { files[file]?.replicaSets = [:] }
        }
        for object in objects { keep(object) }
        for file in files.keys where former[file] == nil { former[file] = Instances() }
        for (file, before) in former {
            note(before, files[file] ?? Instances())
            ring(file)
        }
        // A rollout without objects has rung nobody's bell.
        for file in bells.keys where former[file] == nil { ring(file) }
    }

    /// A change, also one that we have just made ourselves: its answer may come before the watch tells of it.
    func learn(_ object: JSON, isGone: Bool = false) {
        guard let file = File(object) else { return }
        let before = files[file] ?? Instances()
        if isGone { drop(object, in: file) } else { keep(object) }
        note(before, files[file] ?? Instances())
        if files[file]?.isEmpty == true { files[file] = nil }
        ring(file)
    }

    /// Deleted by us.
    func forget(_ replicaSet: ReplicaSet) {
        let file = File(namespace: replicaSet.namespace, name: replicaSet.filed)
        files[file]?.replicaSets[replicaSet.name] = nil
        ring(file)
    }

    private func keep(_ object: JSON) {
        guard let file = File(object) else { return }
        if object.isReplicaSet {
            guard let replicaSet = ReplicaSet(object),
                files[file]?.replicaSets[replicaSet.name]?.isNewer(than: replicaSet) != true
            else { return }
            files[file, default: Instances()].replicaSets[replicaSet.name] = replicaSet
        } else if let pod = Pod(object) {
            files[file, default: Instances()].pods[pod.name] = pod
        }
    }

    private func drop(_ object: JSON, in file: File) {
        let name = object["metadata"]["name"]?.string ?? ""
        if object.isReplicaSet {
            files[file]?.replicaSets[name] = nil
        } else {
            files[file]?.pods[name] = nil
        }
    }

    private func ring(_ file: File) {
        for bell in (bells[file] ?? [:]).values { bell.yield() }
    }

    private func note(_ before: Instances, _ after: Instances) {
        guard let rollout = before.disturbed(by: after), !disturbed.contains(rollout) else { return }
        disturbed.append(rollout)
        alarm.yield()
    }
}

extension Instances {
    /// The rollout, where something is less than it was, or asked for otherwise.
    fileprivate func disturbed(by after: Instances) -> RolloutName? {
        for (name, former) in replicaSets {
            guard let now = after.replicaSets[name], now.available >= former.available,
                now.wanted == former.wanted, !now.isDeleting
            else { return former.rollout }
        }
        return nil
    }
}

extension ReplicaSet {
    /// Versions are numbers that grow, as far as anybody has seen; where they are none, nothing is known.
    fileprivate func isNewer(than other: ReplicaSet) -> Bool {
        guard uid == other.uid, let own = UInt64(version), let others = UInt64(other.version) else {
            return false
        }
        return own > others
    }
}

extension File {
    fileprivate init?(_ object: JSON) {
        guard let namespace = object["metadata"]["namespace"]?.string,
            let name = object["metadata"]["labels"][Mark.rollout]?.string
        else { return nil }
        self.init(namespace: namespace, name: name)
    }
}

extension JSON {
    fileprivate var isReplicaSet: Bool { self["kind"]?.string == ResourceKind.replicaSet.kind }
}
