import Analysis
import Kubernetes
import Rollouts
import Transport

/// The AnalysisRuns that were made here, as they were last seen, and what is to be done to them. Pure.
struct RunShelf: Sendable {
    private var runs: [Place: Sighted] = [:]
    private var listed: Set<ObjectQuery> = []
    /// The statuses that were written last, or tried to: what an API server made of them is no reason to write again.
    private var written: [Place: JSON] = [:]

    struct Place: Hashable, Sendable {
        let namespace: String
        let name: String
    }

    /// An AnalysisRun of ours.
    fileprivate struct Sighted: Hashable, Sendable {
        let uid: String
        let version: String
        let owner: String
        let mark: String
        let createdAt: String
        let isTerminated: Bool
        let status: JSON
        let writer: String?

        init(_ object: JSON) {
            let (metadata, sighting) = (object["metadata"], Sighting(object))
            (uid, version, status, writer) = (
                sighting.uid, sighting.version, sighting.status, sighting.writer
            )
            owner = metadata["ownerReferences"][0]["name"]?.string ?? ""
            mark = metadata["annotations"][AnalysisRunDocument.annotation]?.string ?? ""
            createdAt = metadata["creationTimestamp"]?.string ?? ""
            isTerminated = object["spec"]["terminate"]?.bool == true
        }

        var isOver: Bool { status["completedAt"] != nil }
        var isSuccessful: Bool { status["phase"] == "Successful" }
    }

    /// What somebody wishes who terminates a run.
    struct Termination: Hashable, Sendable {
        let rollout: RolloutKey
        let run: Place
        let uid: String
        let version: String
        let mark: String
        let who: String
    }

    enum Deed: Hashable, Sendable {
        case create(AnalysisRunDocument)
        case write(AnalysisRunDocument, version: String)
        case delete(Place, uid: String)
    }

    /// How many that are over are kept.
    struct Limits: Hashable, Sendable {
        var successful = 5
        var unsuccessful = 5

        init() {}

        /// As the Rollout says.
        init(_ rollout: JSON) {
            let analysis = rollout["spec"]["analysis"]
            successful = analysis["successfulRunHistoryLimit"]?.integer ?? successful
            unsuccessful = analysis["unsuccessfulRunHistoryLimit"]?.integer ?? unsuccessful
        }
    }
}

// MARK: - Taking in what a watch tells

extension RunShelf {
    mutating func take(_ event: ObjectEvent, _ query: ObjectQuery) -> [Termination] {
        switch event {
        case .listed(let objects):
            listed.insert(query)
            runs = runs.filter { query.namespace != nil && query.namespace != $0.key.namespace }
            return objects.compactMap { put($0) }
        case .added(let object), .modified(let object): return put(object).map { [$0] } ?? []
        case .deleted(let object):
            runs[Place(object)] = nil
            written[Place(object)] = nil
            return []
        case .interrupted: return []
        }
    }

    /// Takes in what a write of our own made of one.
    mutating func note(_ object: JSON) { _ = put(object) }

    mutating func noteAttempt(_ document: AnalysisRunDocument) { written[document.place] = document.status }

    mutating func forget(_ place: Place) {
        runs[place] = nil
        written[place] = nil
    }

    private mutating func put(_ object: JSON) -> Termination? {
        let (place, run) = (Place(object), Sighted(object))
        if let known = runs[place], known.uid == run.uid, known.isNoOlder(than: run) { return nil }
        let isNews = run.isTerminated && runs[place]?.isTerminated != true
        runs[place] = run
        guard isNews else { return nil }
        return Termination(
            rollout: RolloutKey(group: .argo, namespace: place.namespace, name: run.owner), run: place,
            uid: run.uid, version: run.version, mark: run.mark, who: run.writer ?? "kubectl")
    }
}

// MARK: - What is to be done

extension RunShelf {
    /// Nothing before it is known what is there.
    func isListed(_ key: RolloutKey, _ queries: [ObjectQuery]) -> Bool {
        queries.contains { listed.contains($0) && ($0.namespace == nil || $0.namespace == key.namespace) }
    }

    func deeds(for wanted: [AnalysisRunDocument], of key: RolloutKey, _ limits: Limits) -> [Deed] {
        let surplus = surplus(wanted, of: key, limits)
        let gone = surplus.sorted { $0.name < $1.name }.compactMap { place in
            runs[place].map { Deed.delete(place, uid: $0.uid) }
        }
        return wanted.filter { !surplus.contains($0.place) }.compactMap(deed) + gone
    }

    private func deed(for document: AnalysisRunDocument) -> Deed? {
        guard let run = runs[document.place] else { return .create(document) }
        guard run.status != document.status, written[document.place] != document.status else { return nil }
        return .write(document, version: run.version)
    }

    private struct Aged {
        let place: Place
        let since: String
        let isSuccessful: Bool
    }

    /// Of those that are over, the latest of each kind stay. What goes on by its own account and is in no log any more
    /// goes, too: it ended while nobody was there to write down how.
    private func surplus(
        _ wanted: [AnalysisRunDocument], of key: RolloutKey, _ limits: Limits
    ) -> Set<Place> {
        let known = Set(wanted.map(\.place))
        let own = runs.filter { $0.value.owner == key.name && $0.key.namespace == key.namespace }
        let lost = own.filter { !$0.value.isOver && !known.contains($0.key) }.map(\.key)
        var aged = own.filter { $0.value.isOver && !known.contains($0.key) }.map { place, run in
            Aged(place: place, since: run.createdAt, isSuccessful: run.isSuccessful)
        }
        aged += wanted.filter(\.isOver).map { document in
            Aged(
                place: document.place, since: "\(document.run.startedAt)", isSuccessful: document.isSuccessful
            )
        }
        aged.sort { ($0.since, $0.place.name) > ($1.since, $1.place.name) }
        let old =
            aged.filter(\.isSuccessful).dropFirst(limits.successful)
            + aged.filter { !$0.isSuccessful }.dropFirst(limits.unsuccessful)
        return Set(old.map(\.place) + lost)
    }
}

extension RunShelf.Sighted {
    fileprivate func isNoOlder(than other: RunShelf.Sighted) -> Bool {
        guard let one = UInt64(version), let another = UInt64(other.version) else {
            return version == other.version
        }
        return one >= another
    }
}

extension RunShelf.Place {
    fileprivate init(_ object: JSON) {
        self.init(
            namespace: object["metadata"]["namespace"]?.string ?? "",
            name: object["metadata"]["name"]?.string ?? "")
    }

    var reference: ObjectReference {
        ObjectReference(ResourceGroup.argo.analysisRuns, name, in: namespace)
    }
}

extension AnalysisRunDocument {
    var place: RunShelf.Place { RunShelf.Place(namespace: rollout.namespace, name: name) }
}
