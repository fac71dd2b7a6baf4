import Foundation
package import Kubernetes
import Transport

/// The keeper of pods beside any API server: it watches and writes over HTTP, as controllers and kubelets do. A bare
/// kube-apiserver has neither.
package actor RemoteKeeper {
    private var keeper: PodKeeper
    private let api: any KubernetesAPI
    private var copy = ServerCopy()
    /// When there is something to do, if nothing else happens.
    private var next: Date?
    private let bells: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    package init(_ keeper: PodKeeper, api: any KubernetesAPI) {
        self.keeper = keeper
        self.api = api
        (bells, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Until cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for kind in ServerCopy.kinds {
                group.addTask {
                    for await event in self.api.watch(ObjectQuery(kind, in: nil)) {
                        await self.take(event, kind)
                    }
                }
            }
            group.addTask { await self.keepTime() }
            group.addTask { await self.work() }
        }
    }

    private func take(_ event: ObjectEvent, _ kind: ResourceKind) {
        copy.take(event, kind)
        bell.yield()
    }

    private func keepTime() async {
        // Ends with the task.
        while (try? await Task.sleep(for: .milliseconds(20))) != nil {
            guard let next, next <= Date() else { continue }
            bell.yield()
        }
    }

    private func work() async {
        for await _ in bells where copy.isWhole {
            let stamp = Stamp(Date())
            copy.discardOrphans(at: stamp)
            next = keeper.pass(&copy, at: stamp)
            let deeds = copy.takeDeeds()
            for deed in deeds { await carryOut(deed) }
            // What they came to is looked at in turn.
            if !deeds.isEmpty { bell.yield() }
        }
    }

    private func carryOut(_ deed: ServerCopy.Deed) async {
        do throws(KubernetesError) {
            switch deed {
            case .make(let object, let kind, let namespace):
                copy.put(try await write(object, kind, namespace, .create(object)), kind)
            case .change(let object, let kind, let subresource):
                let deed = ObjectWrite.Deed.replace(object)
                copy.put(try await write(object, kind, object.namespace, deed, subresource), kind)
            case .discard(let object, let kind):
                _ = try await write(object, kind, object.namespace, .delete(uid: object.uid))
            }
        } catch {
            // A lost race is looked at again; whatever else stands in the way may pass.
            guard error.kind != .invalid, error.kind != .unsupported else {
                preconditionFailure("a controller did something that is refused: \(error)")
            }
        }
    }

    private func write(
        _ object: JSON, _ kind: ResourceKind, _ namespace: String, _ deed: ObjectWrite.Deed,
        _ subresource: Subresource? = nil
    ) async throws(KubernetesError) -> JSON {
        try await api.write(
            ObjectWrite(
                ObjectReference(kind, object.name, in: namespace), deed, manager: "kube-controller-manager",
                subresource: subresource?.rawValue), .ordinary)
    }
}
