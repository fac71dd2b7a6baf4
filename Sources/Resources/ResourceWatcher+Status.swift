import Analysis
import Engine
import Kubernetes
import Rollouts
import Transport

/// A status of ours, and what the API server made of it; none while that is not known.
struct WrittenStatus: Hashable, Sendable {
    let document: JSON
    var result: JSON?
}

extension ResourceWatcher {
    /// So many requests at a time; the client's own pace holds beside it.
    private static let writesAtOnce = 16
    static let manager = "headgate"
    /// Keeps a Rollout from vanishing while some of its traffic is on a release that would vanish with it.
    private static let finalizer = "headgate.dev/traffic"

    func writeStatuses(_ changes: Changes) async {
        while let names = await changes.next() {
            var waiting = names.compactMap { keys[$0] }.sorted()[...]
            await withTaskGroup(of: Void.self) { group in
                for key in waiting.prefix(Self.writesAtOnce) {
                    group.addTask { await self.writeStatus(key, changes) }
                }
                waiting = waiting.dropFirst(Self.writesAtOnce)
                while await group.next() != nil {
                    guard let key = waiting.popFirst() else { continue }
                    group.addTask { await self.writeStatus(key, changes) }
                }
            }
        }
    }

    private func writeStatus(_ key: RolloutKey, _ changes: Changes) async {
        do throws(KubernetesError) {
            try await writeFinalizers(key)
            try await writeDocument(key)
            try await writeRuns(key, changes)
        } catch {
            // Whoever was faster is heard of by the watch; who is gone needs no status.
            if error.kind == .missing { return }
            if error.kind != .stale { complain("the status of \(key.source) can't be written: \(error)") }
            later { changes.add([key.rollout]) }
        }
    }

    private func writeDocument(_ key: RolloutKey) async throws(KubernetesError) {
        let rollout = await loop.rollout(key.rollout) ?? Rollout(name: key.rollout)
        let now = await loop.now
        guard let sighting = shelf.rollouts[key], let reading = readings[key] else { return }
        let document = StatusDocument(
            rollout, key.group, generation: reading.generation, refusal: reading.refusal,
            former: sighting.status, at: now
        ).json
        let isSettled = written[key] == WrittenStatus(document: document, result: sighting.status)
        guard document != sighting.status, !isSettled else { return }
        // What somebody else wrote into it is no news of ours.
        let former = written[key]?.document ?? sighting.status
        written[key] = WrittenStatus(document: document)
        let object = try await write(
            [.version(sighting.version), .add("/status", document)], key, subresource: "status")
        written[key]?.result = object["status"]
        for news in Announcement.read(from: former, to: document) {
            await announce(news, key, sighting, at: "\(now)")
        }
    }

    private func writeFinalizers(_ key: RolloutKey) async throws(KubernetesError) {
        let rollout = await loop.rollout(key.rollout)
        guard let sighting = shelf.rollouts[key] else { return }
        let isThere = sighting.finalizers.contains(Self.finalizer)
        let isNeeded = rollout?.isExposed == true && (isThere || !sighting.isDeleting)
        guard isThere != isNeeded else { return }
        let others = sighting.finalizers.filter { $0 != Self.finalizer }
        let all = isNeeded ? others + [Self.finalizer] : others
        _ = try await write(
            [.version(sighting.version), .add("/metadata/finalizers", JSON(all))], key, subresource: nil)
    }

    private func write(
        _ operations: [PatchOperation], _ key: RolloutKey, subresource: String?
    ) async throws(KubernetesError) -> JSON {
        let object = try await api.write(
            ObjectWrite(
                key.reference, .patch(operations), manager: Self.manager, subresource: subresource),
            .ordinary)
        shelf.noteOwn(object, key)
        return object
    }

    /// For people who look; nothing depends on it.
    private func announce(
        _ news: Announcement, _ key: RolloutKey, _ sighting: Sighting, at time: String
    ) async {
        let event = news.event(about: key, sighting, at: time)
        let reference = ObjectReference(
            .event, event["metadata"]["name"]?.string ?? "", in: key.namespace)
        do throws(KubernetesError) {
            _ = try await api.write(
                ObjectWrite(reference, .create(event), manager: Self.manager), .ordinary)
        } catch {
            if error.kind != .exists { complain("no Event about \(key.source): \(error)") }
        }
    }
}

extension Rollout {
    /// Whether a release on its way up has traffic, or may have, that can be taken back.
    fileprivate var isExposed: Bool {
        stable != nil && (flight != nil || routing?.isAwaited ?? false)
    }
}
