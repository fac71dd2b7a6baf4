import Kubernetes
import Rollouts
import Transport

/// The custom resources that consul-k8s makes entries from. Only leaves are changed, and only of the version that was
/// read.
struct EntryResources: EntryStore {
    let api: any KubernetesAPI
    let drift: DriftWatch
    let rollout: RolloutName?
    let urgency: Urgency

    func read(_ name: EntryName) async throws(RouteFailure) -> ConsulEntry {
        var object: JSON?
        do throws(KubernetesError) {
            object = try await api.read(name.resource, urgency)
        } catch {
            guard error.kind == .missing else { throw RouteFailure(error) }
        }
        await learn(object, at: name.resource)
        return ConsulEntry(name, of: object)
    }

    func put(_ write: EntryWrite) async throws(RouteFailure) -> Bool {
        let (present, reference) = (write.entry.resource, write.name.resource)
        if urgency != .rollback, present?["metadata"]["deletionTimestamp"] != nil {
            throw RouteFailure(
                .unavailable, "\(write.name) is being deleted; it is made anew when it is gone")
        }
        let wanted = write.name.resource(with: write.document, in: present)
        let order =
            present.map { patch(from: $0, to: wanted, at: reference) }
            ?? ObjectWrite(reference, .create(wanted), manager: FieldManager.patch)
        guard let order else { return true }
        do throws(KubernetesError) {
            let object = try await api.write(order, urgency)
            await learn(object, at: reference)
            return true
        } catch {
            // One that is gone by now is read, and planned anew, like one that has changed.
            if error.kind == .stale || error.kind == .exists { return false }
            if error.kind == .missing, present != nil { return false }
            throw RouteFailure(error)
        }
    }

    func delete(_ entry: ConsulEntry) async throws(RouteFailure) {
        let uid = entry.resource?["metadata"]["uid"]?.string
        let order = ObjectWrite(entry.name.resource, .delete(uid: uid), manager: FieldManager.patch)
        do throws(KubernetesError) {
            _ = try await api.write(order, urgency)
        } catch {
            guard error.kind == .missing else { throw RouteFailure(error) }
        }
        await learn(nil, at: entry.name.resource)
    }

    private func learn(_ object: JSON?, at reference: ObjectReference) async {
        guard let rollout else { return }
        await drift.learn(object, at: reference, of: rollout)
    }
}
