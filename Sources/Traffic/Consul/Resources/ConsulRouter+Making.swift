import Engine
import Rollouts
import Transport

// Custom resources become entries by the hand of consul-k8s, which says so in their status.

extension ConsulRouter {
    /// Until consul-k8s has made the entry: what is written next is refused by Consul without it.
    func awaitMaking(
        of name: EntryName, _ store: any EntryStore, _ write: RouteWrite
    ) async throws(RouteFailure) {
        guard name.isResource else { return }
        _ = try await madeEntries(write) { () async throws(RouteFailure) in [try await store.read(name)] }
    }

    /// Until consul-k8s has made all entries of the route.
    func awaitMaking(
        of write: RouteWrite, _ proof: inout Proof
    ) async throws(RouteFailure) -> ConsulSight {
        var last: ConsulSight?
        let words = try await madeEntries(write) { () async throws(RouteFailure) in
            let sight = try await sight(of: write.rollout, write.target, write.urgency)
            try sight.checkAcceptance(of: write)
            last = sight
            // What is not ours consul-k8s may have spoken of long ago.
            return [sight.splitter, sight.resolver, sight.router].filter { $0.mark(of: write.rollout) != nil }
        }
        proof.reach(.accepted, "by consul-k8s (\(words.joined(separator: "; ")))")
        guard let last else { return try await sight(of: write.rollout, write.target, write.urgency) }
        return last
    }

    /// What it says of each. Throws what it says against one; and when called off, what was last seen.
    private func madeEntries(
        _ write: RouteWrite, _ entries: () async throws(RouteFailure) -> [ConsulEntry]
    ) async throws(RouteFailure) -> [String] {
        var (waited, pauses) = (Duration.zero, pace.pauses.makeIterator())
        var pause = pace.pauses.first ?? .seconds(1)
        while true {
            let isPatient = waited >= settings.patience || write.isRollback
            var (words, awaited) = ([String](), [String]())
            for entry in try await entries() {
                let noted = entry.mark(of: write.rollout)?.status
                switch SyncStatus(entry).verdict(noted: noted, isPatient: isPatient) {
                case .synced(let text), .undated(let text): words.append(text)
                case .silent(let text):
                    let word = isPatient ? await ownWord(on: entry) : nil
                    word.map { words.append($0) } ?? awaited.append(text)
                case .awaited(let text): awaited.append(text)
                case .refused(let kind, let text): throw RouteFailure(kind, text)
                }
            }
            guard !awaited.isEmpty else { return words }
            pause = pauses.next() ?? pause
            do { try await pace.sleep(pause) } catch {
                throw RouteFailure(.unverified, awaited.joined(separator: "; "))
            }
            waited += pause
        }
    }

    /// consul-k8s keeps silent of what Consul has already, as after an edit that is taken back before it was seen: then
    /// Consul's own entry proves it.
    func ownWord(on entry: ConsulEntry) async -> String? {
        guard settings.address != nil, let wanted = entry.document else { return nil }
        do throws(ConsulError) {
            let own = try await api.read(entry.name.inConsul)
            guard own.isOfKubernetes,
                ConsulEntry.said(in: own.content).agrees(with: ConsulEntry.said(in: wanted))
            else { return nil }
            return "\(own.name) says the same at \(own.version)"
        } catch {
            return nil
        }
    }
}

extension ConsulEntry {
    /// What is in it beside notes, and the names by which it is found.
    fileprivate static func said(in document: JSON) -> JSON {
        var said = content(of: document)
        for key in ["Meta", "Namespace", "Partition"] { said[key] = nil }
        return said
    }
}

extension JSON {
    /// The same but for members that say nothing: Consul fills in some, and leaves others out.
    func agrees(with other: JSON) -> Bool {
        switch (self, other) {
        case (.object(let one), .object(let other)):
            Set(one.keys).union(other.keys).allSatisfy { key in
                (one[key] ?? .null).agrees(with: other[key] ?? .null)
            }
        case (.array(let one), .array(let other)):
            one.count == other.count && zip(one, other).allSatisfy { $0.agrees(with: $1) }
        default: means(other) || (isNothing && other.isNothing)
        }
    }

    private var isNothing: Bool {
        switch self {
        case .null, false, "", "0s": true
        case .integer, .number: number == 0
        case .array(let items): items.isEmpty
        case .object(let members): members.values.allSatisfy(\.isNothing)
        default: false
        }
    }
}
