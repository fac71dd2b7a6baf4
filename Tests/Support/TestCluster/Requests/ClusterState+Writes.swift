import Transport

extension ClusterState {
    mutating func create(_ write: inout Write, _ request: ClusterRequest) throws(Refusal) -> JSON {
        let target = write.target
        let object = try decode(try target.object(in: request), &write)
        try target.checkPlace(of: object)
        try checkNamespace(of: target)
        return try create(object, write, claims: nil)
    }

    mutating func replace(_ write: inout Write, _ request: ClusterRequest) throws(Refusal) -> ClusterAnswer {
        if write.target.subresource == .scale { return ClusterAnswer(try replaceScale(&write, request)) }
        let target = write.target
        let object = try decode(try target.object(in: request), &write)
        try target.checkPlace(of: object)
        guard let old = storage[target.key(target.name ?? "")] else {
            guard target.kind.traits.contains(.createsOnReplace) else {
                throw .notFound(target.kind, target.name ?? "")
            }
            var object = object
            object["metadata"]?["resourceVersion"] = nil
            return ClusterAnswer(try create(object, write, claims: nil), status: 201)
        }
        try checkReplaceable(object, old, target)
        return ClusterAnswer(try update(object, over: old, write, claims: nil))
    }

    /// The object as its kind has it; what can't be one is refused.
    private func decode(_ object: JSON, _ write: inout Write) throws(Refusal) -> JSON {
        do throws(Write.Undecodable) {
            return try write.decoded(object)
        } catch {
            let kind = write.target.kind.kind
            throw .badRequest(
                "\(kind) in version \"\(write.target.version)\" cannot be handled as a \(kind): "
                    + "\(error.text)")
        }
    }

    private func checkReplaceable(_ object: JSON, _ old: JSON, _ target: Target) throws(Refusal) {
        let (kind, name) = (target.kind, target.name ?? "")
        if let uid = object["metadata"]?["uid"]?.string, let real = old["metadata"]?["uid"]?.string,
            uid != real
        {
            throw .conflict(
                kind, name, "Precondition failed: UID in precondition: \(uid), UID in object meta: \(real)")
        }
        let version = object["metadata"]?["resourceVersion"]?.string ?? ""
        guard version.isEmpty, !kind.traits.contains(.replacesUnconditionally) else { return }
        let fault = Fault(
            reason: .invalid, path: "metadata.resourceVersion",
            message: "Invalid value: 0: must be specified for an update")
        throw .invalid(kind.plural, group: kind.group, name, [fault])
    }

    func checkNamespace(of target: Target) throws(Refusal) {
        guard target.kind.isNamespaced, let namespace = target.namespace, let kind = catalog[.namespaces]
        else {
            return
        }
        guard storage[ObjectKey(kind: .namespaces, namespace: "", name: namespace)] != nil else {
            throw .notFound(kind, namespace)
        }
    }
}

extension KindID {
    static let namespaces = KindID(group: "", plural: "namespaces")
    static let pods = KindID(group: "", plural: "pods")
    static let services = KindID(group: "", plural: "services")
    static let replicaSets = KindID(group: "apps", plural: "replicasets")
    static let deployments = KindID(group: "apps", plural: "deployments")
    static let jobs = KindID(group: "batch", plural: "jobs")
    static let endpointSlices = KindID(group: "discovery.k8s.io", plural: "endpointslices")
    static let disruptionBudgets = KindID(group: "policy", plural: "poddisruptionbudgets")
}
