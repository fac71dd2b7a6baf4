import Transport

extension ClusterState {
    /// An object's size, as `autoscaling/v1` has it for all kinds.
    func scale(of object: JSON, _ target: Target) -> JSON {
        let paths = target.kind.scale ?? ScalePaths(specReplicas: [], statusReplicas: [], selector: nil)
        let replicas = object[path: paths.specReplicas] ?? 0
        var status: JSON = ["replicas": object[path: paths.statusReplicas] ?? 0]
        status["selector"] = paths.selector.flatMap { object[path: $0] }.map { selector in
            selector.object == nil
                ? selector
                : JSON(LabelRequirement.read(selector).map(\.text).joined(separator: ","))
        }
        var metadata: JSON = [:]
        for name in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[name] = object["metadata"]?[name]
        }
        return [
            "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": metadata,
            "spec": ["replicas": replicas], "status": status,
        ]
    }

    mutating func replaceScale(_ write: inout Write, _ request: ClusterRequest) throws(Refusal) -> JSON {
        let live = try stored(write.target)
        guard let scale = JSON(readable: String(decoding: request.body, as: UTF8.self)) else {
            throw .badRequest("the object provided is unrecognized (must be of type Scale)")
        }
        return try resize(live, to: scale, write)
    }

    mutating func patchScale(
        _ write: inout Write, _ request: ClusterRequest, _ live: JSON
    ) throws(Refusal) -> ClusterAnswer {
        let scale = try patched(scale(of: live, write.target), request)
        return ClusterAnswer(try resize(live, to: scale, write))
    }

    private mutating func resize(_ live: JSON, to scale: JSON, _ write: Write) throws(Refusal) -> JSON {
        let target = write.target
        let replicas = scale["spec"]?["replicas"]?.integer ?? 0
        guard replicas >= 0 else {
            let fault = Fault(
                reason: .invalid, path: "spec.replicas",
                message: "Invalid value: \(replicas): must be greater than or equal to 0")
            throw .invalid("Scale", group: "autoscaling", target.name ?? "", [fault])
        }
        var object = target.shown(live)
        object[path: target.kind.scale?.specReplicas ?? []] = JSON(replicas)
        object["metadata"]?["resourceVersion"] = scale["metadata"]?["resourceVersion"]
        return self.scale(of: try update(object, over: live, write, claims: nil), target)
    }
}
