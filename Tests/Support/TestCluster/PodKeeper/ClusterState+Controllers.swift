import Transport

/// How the cluster's own controllers write: like everybody else, but nothing is refused to them.
extension ClusterState: ControlledObjects {
    func all(_ kind: KindID) -> [JSON] { storage.all(kind).map(\.value) }

    var revision: Int { storage.revision }

    mutating func make(_ object: JSON, _ kind: KindID, in namespace: String, at stamp: Stamp) {
        guard let target = target(kind, namespace, nil, nil) else { return }
        let write = Write(target, by: controller, at: stamp)
        do {
            _ = try create(target.filled(object), write, claims: nil)
        } catch {
            preconditionFailure("a controller made something that is refused: \(error.message)")
        }
    }

    mutating func change(
        _ object: JSON, _ kind: KindID, _ subresource: Subresource?, at stamp: Stamp,
        _ edit: (inout JSON) -> Void
    ) {
        guard let target = target(kind, object.namespace, object.name, subresource),
            let live = storage[target.key(object.name)]
        else { return }
        var changed = target.shown(live)
        edit(&changed)
        do {
            _ = try update(changed, over: live, Write(target, by: controller, at: stamp), claims: nil)
        } catch {
            preconditionFailure("a controller changed something in a way that is refused: \(error.message)")
        }
    }

    mutating func discard(_ object: JSON, _ kind: KindID, at stamp: Stamp) {
        remove(ObjectKey(kind: kind, namespace: object.namespace, name: object.name), at: stamp)
    }

    private func target(
        _ kind: KindID, _ namespace: String, _ name: String?, _ subresource: Subresource?
    ) -> Target? {
        catalog[kind].map { kind in
            Target(
                kind: kind, version: kind.storageVersion, namespace: namespace, name: name,
                subresource: subresource)
        }
    }
}

private let controller = "kube-controller-manager"
