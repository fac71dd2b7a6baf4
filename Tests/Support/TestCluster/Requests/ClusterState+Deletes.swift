import Transport

extension ClusterState {
    mutating func delete(
        _ target: Target, _ request: ClusterRequest, at stamp: Stamp
    ) throws(Refusal) -> JSON {
        let options = JSON(readable: String(decoding: request.body, as: UTF8.self)) ?? [:]
        let policy = try policy(options, request)
        let live = try stored(target)
        try checkPreconditions(options["preconditions"], live, target)
        let isDry = try isDry(request)
        if isDry { return deleted(target.shown(live), target) }
        guard live["metadata"]?["finalizers"]?.array?.isEmpty ?? true else {
            return mark(live, target, stamp)
        }
        let key = target.key(target.name ?? "")
        if policy == "Orphan" { orphanDependents(of: live) }
        if policy == "Foreground" { removeDependents(of: live, at: stamp) }
        let last = remove(key, at: stamp) ?? live
        return deleted(target.shown(last), target)
    }

    mutating func deleteAll(
        _ target: Target, _ request: ClusterRequest, at stamp: Stamp
    ) throws(Refusal) -> JSON {
        let selection = try Selection(request, target)
        let doomed = storage.all(target.kind.id).filter { selection.contains($0.value) }
        for (key, object) in doomed where object["metadata"]?["finalizers"]?.array?.isEmpty ?? true {
            _ = remove(key, at: stamp)
        }
        return target.list(doomed.map(\.value), ["resourceVersion": JSON(String(storage.revision))])
    }

    /// With what it owned; a namespace with all that is in it.
    @discardableResult
    mutating func remove(_ key: ObjectKey, at stamp: Stamp) -> JSON? {
        guard let last = storage.remove(key) else { return nil }
        if key.kind == .namespaces {
            for kind in catalog.kinds where kind.isNamespaced {
                for (inner, _) in storage.all(kind.id) where inner.namespace == key.name {
                    storage.remove(inner)
                }
            }
        }
        collectDependents(of: last, at: stamp)
        return last
    }

    private func policy(_ options: JSON, _ request: ClusterRequest) throws(Refusal) -> String {
        let policy =
            request.query["propagationPolicy"] ?? options["propagationPolicy"]?.string ?? "Background"
        guard ["Background", "Foreground", "Orphan"].contains(policy) else {
            throw .options(
                "DeleteOptions",
                Fault(
                    reason: .notSupported, path: "propagationPolicy",
                    message: "Unsupported value: \"\(policy)\": supported values: "
                        + "\"Foreground\", \"Background\", \"Orphan\", \"nil\""))
        }
        return policy
    }

    private func checkPreconditions(_ wanted: JSON?, _ live: JSON, _ target: Target) throws(Refusal) {
        let metadata = live["metadata"]
        let pairs = [
            ("UID", "uid", "The object might have been deleted and then recreated"),
            ("ResourceVersion", "resourceVersion", "The object might have been modified"),
        ]
        for (shown, name, hint) in pairs {
            guard let said = wanted?[name]?.string, let real = metadata?[name]?.string, said != real else {
                continue
            }
            throw .precondition(
                target,
                "the \(shown) in the precondition (\(said)) does not match the \(shown) in record (\(real)). "
                    + hint)
        }
    }

    /// Waits for whoever put the finalizers to take them away.
    private mutating func mark(_ live: JSON, _ target: Target, _ stamp: Stamp) -> JSON {
        guard live["metadata"]?["deletionTimestamp"] == nil else { return target.shown(live) }
        var object = live
        object["metadata"]?["deletionTimestamp"] = JSON(stamp.text)
        object["metadata"]?["deletionGracePeriodSeconds"] = 0
        if let generation = live["metadata"]?["generation"]?.integer {
            object["metadata"]?["generation"] = JSON(generation + 1)
        }
        return target.shown(storage.put(object, at: target.key(target.name ?? "")))
    }

    private func deleted(_ last: JSON, _ target: Target) -> JSON {
        if target.kind.traits.contains(.returnsDeleted) { return last }
        var details: JSON = ["name": JSON(target.name ?? ""), "kind": JSON(target.kind.plural)]
        if !target.kind.group.isEmpty { details["group"] = JSON(target.kind.group) }
        details["uid"] = last["metadata"]?["uid"]
        return [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": details,
        ]
    }
}

// MARK: - Owned objects

extension ClusterState {
    /// What has no owner left goes with the last.
    private mutating func collectDependents(of owner: JSON, at stamp: Stamp) {
        for (key, object) in dependents(of: owner) where !owners(of: object).contains(where: isThere) {
            remove(key, at: stamp)
        }
    }

    /// Before the owner itself, where it is to be the last.
    private mutating func removeDependents(of owner: JSON, at stamp: Stamp) {
        for (key, object) in dependents(of: owner) {
            let others = owners(of: object).filter { $0["uid"] != owner["metadata"]?["uid"] }
            if !others.contains(where: isThere) { remove(key, at: stamp) }
        }
    }

    private mutating func orphanDependents(of owner: JSON) {
        for (key, object) in dependents(of: owner) {
            var object = object
            let others = owners(of: object).filter { $0["uid"] != owner["metadata"]?["uid"] }
            object["metadata"]?["ownerReferences"] = others.isEmpty ? JSON?.none : .array(others)
            _ = storage.put(object, at: key)
        }
    }

    private func dependents(of owner: JSON) -> [(key: ObjectKey, value: JSON)] {
        catalog.kinds.flatMap { storage.all($0.id) }.filter { _, object in
            owners(of: object).contains { $0["uid"] == owner["metadata"]?["uid"] }
        }
    }

    private func isThere(_ reference: JSON) -> Bool {
        catalog.kinds.contains { kind in
            storage.all(kind.id).contains { $0.value["metadata"]?["uid"] == reference["uid"] }
        }
    }

    private func owners(of object: JSON) -> [JSON] { object["metadata"]?["ownerReferences"]?.array ?? [] }
}

// MARK: - Eviction

extension ClusterState {
    mutating func evict(_ write: Write, _ request: ClusterRequest) throws(Refusal) -> ClusterAnswer {
        let pod = try stored(write.target)
        if let (key, budget) = budget(of: pod) {
            if budget.isUnseen { throw .tooManyEvictions(unseen: budget) }
            let left = budget["status"]?["disruptionsAllowed"]?.integer ?? 0
            if left < 1 { throw .tooManyEvictions(budget) }
            if !write.isDryRun { spend(budget, key, left: left - 1) }
        }
        if !write.isDryRun { remove(write.target.key(write.target.name ?? ""), at: write.stamp) }
        return ClusterAnswer(
            ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201],
            status: 201)
    }

    /// A pod that does not run yet is missed by nobody.
    private func budget(of pod: JSON) -> (key: ObjectKey, value: JSON)? {
        let phase = pod["status"]?["phase"]?.string ?? ""
        guard !["Pending", "Succeeded", "Failed"].contains(phase) else { return nil }
        return storage.all(.disruptionBudgets).first { _, budget in
            let selection = Selection(
                namespace: budget["metadata"]?["namespace"]?.string,
                labels: LabelRequirement.read(budget["spec"]?["selector"] ?? [:]))
            return selection.contains(pod)
        }
    }

    /// Until its controller has counted again.
    private mutating func spend(_ budget: JSON, _ key: ObjectKey, left: Int) {
        var budget = budget
        budget["status"]?["disruptionsAllowed"] = JSON(left)
        _ = storage.put(budget, at: key)
    }
}

extension Refusal {
    /// Names the kind in the singular, as only this refusal does.
    fileprivate static func precondition(_ target: Target, _ why: String) -> Refusal {
        let name = target.name ?? ""
        var details: JSON = ["name": JSON(name), "kind": JSON(target.kind.kind)]
        if !target.kind.group.isEmpty { details["group"] = JSON(target.kind.group) }
        return Refusal(
            code: 409, reason: "Conflict",
            message: "Operation cannot be fulfilled on \(target.kind.qualifiedKind) \"\(name)\": \(why)",
            details: details)
    }

    fileprivate static func tooManyEvictions(_ budget: JSON) -> Refusal {
        let status = budget["status"]
        let need = status?["desiredHealthy"]?.integer ?? 0
        let have = status?["currentHealthy"]?.integer ?? 0
        return tooManyEvictions("\(budget.name) needs \(need) healthy pods and has \(have) currently")
    }

    fileprivate static func tooManyEvictions(unseen budget: JSON) -> Refusal {
        tooManyEvictions("\(budget.name) is still being processed by the server.")
    }

    private static func tooManyEvictions(_ why: String) -> Refusal {
        Refusal(
            code: 429, reason: "TooManyRequests",
            message: "Cannot evict pod as it would violate the pod's disruption budget.",
            details: [
                "causes": [
                    [
                        "reason": "DisruptionBudget",
                        "message": JSON("The disruption budget \(why)"),
                    ]
                ]
            ])
    }
}

extension JSON {
    /// Whether the controller of budgets has not counted for this one yet.
    fileprivate var isUnseen: Bool {
        self["status"]?["observedGeneration"]?.integer ?? 0 < self["metadata"]?["generation"]?.integer ?? 0
    }
}
