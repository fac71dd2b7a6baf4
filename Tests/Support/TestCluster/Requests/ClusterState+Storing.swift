import Transport

extension ClusterState {
    /// - Parameter claims: who owns what already, after an apply; none: whoever creates it owns it.
    mutating func create(_ object: JSON, _ write: Write, claims: Ownerships?) throws(Refusal) -> JSON {
        let target = write.target
        var object = object
        let name = try name(for: &object, target)
        if target.kind.subresources.contains(.status) { object["status"] = nil }
        prepare(&object, target, write.stamp)
        try check(object, target, name)
        if storage[target.key(name)] != nil { throw .exists(target.kind, name) }
        if object["metadata"]?["resourceVersion"]?.string.map({ !$0.isEmpty }) ?? false, claims == nil {
            throw .inner("resourceVersion should not be set on objects to be created")
        }
        var owners = claims ?? Ownerships(of: nil)
        if claims == nil {
            owners.update(
                from: target.kind.blank, to: object, target.schema, by: write.owner("Update"),
                resetting: write.reset, at: write.stamp.text)
        }
        object["metadata"]?["managedFields"] = owners.json
        target.kind.allot(&object, count: makeCount())
        guard !write.isDryRun else { return target.shown(object) }
        return target.shown(storage.put(object, at: target.key(name)))
    }

    private mutating func name(for object: inout JSON, _ target: Target) throws(Refusal) -> String {
        if object["metadata"] == nil { object["metadata"] = [:] }
        if let name = object["metadata"]?["name"]?.string, !name.isEmpty { return name }
        guard let start = object["metadata"]?["generateName"]?.string, !start.isEmpty else {
            let fault = Fault(
                reason: .required, path: "metadata.name",
                message: "Required value: name or generateName is required")
            throw .invalid(target.kind, "", [fault])
        }
        let name = start + makeSuffix()
        object["metadata"]?["name"] = JSON(name)
        return name
    }

    /// What the server itself writes into a new object.
    private mutating func prepare(_ object: inout JSON, _ target: Target, _ stamp: Stamp) {
        var metadata = object["metadata"] ?? [:]
        for name in [
            "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink", "generation",
        ] {
            metadata[name] = nil
        }
        metadata["namespace"] = target.kind.isNamespaced ? target.namespace.map(JSON.string) : nil
        metadata["uid"] = JSON(makeUID())
        metadata["creationTimestamp"] = JSON(stamp.text)
        if target.kind.traits.contains(.countsGenerations) { metadata["generation"] = 1 }
        object["metadata"] = metadata
        object["apiVersion"] = JSON(target.apiVersion)
        object["kind"] = JSON(target.kind.kind)
    }

    /// - Parameter claims: who owns what, after an apply; none: whoever changes something owns it.
    mutating func update(
        _ object: JSON, over old: JSON, _ write: Write, claims: Ownerships?
    ) throws(Refusal) -> JSON {
        let target = write.target
        let name = target.name ?? ""
        let version = object["metadata"]?["resourceVersion"]?.string ?? ""
        guard version.isEmpty || version == old["metadata"]?["resourceVersion"]?.string else {
            throw .conflict(target.kind, name)
        }
        let live = target.shown(old)
        var new = restricted(object, to: target, over: live)
        keepIdentity(&new, of: live)
        try checkFinalizers(new, live, target)
        try check(new, target, name, over: live)
        count(&new, over: live, target)
        var owners = claims ?? owners(after: object, live, target)
        if claims == nil, !(owners.entries.isEmpty) {
            owners.update(
                from: live, to: new, target.schema, by: write.owner("Update"), resetting: write.reset,
                at: write.stamp.text)
        }
        new["metadata"]?["managedFields"] = owners.json
        guard !write.isDryRun else { return new }
        return keep(new, over: live, target)
    }

    /// Nothing is written where nothing changes: no version, no event.
    private mutating func keep(_ new: JSON, over live: JSON, _ target: Target) -> JSON {
        guard new.withoutOwnerTimes != live.withoutOwnerTimes else { return live }
        let key = target.key(target.name ?? "")
        let metadata = new["metadata"]
        let isReleased =
            metadata?["deletionTimestamp"] != nil && metadata?["finalizers"]?.array?.isEmpty ?? true
        guard isReleased else { return target.shown(storage.put(new, at: key)) }
        storage.remove(key)
        return new
    }

    private func restricted(_ object: JSON, to target: Target, over live: JSON) -> JSON {
        switch target.subresource {
        case .status:
            var new = live
            new["status"] = object["status"]
            if !target.kind.isCustom { new["metadata"] = object["metadata"] }
            return new
        case nil where target.kind.subresources.contains(.status):
            var new = object
            new["status"] = live["status"]
            return new
        default: return object
        }
    }

    private func keepIdentity(_ object: inout JSON, of live: JSON) {
        var metadata = object["metadata"] ?? [:]
        for name in [
            "name", "namespace", "uid", "creationTimestamp", "generation", "resourceVersion",
            "deletionTimestamp", "deletionGracePeriodSeconds",
        ] { metadata[name] = live["metadata"]?[name] }
        metadata["managedFields"] = nil
        object["metadata"] = metadata
        object["apiVersion"] = live["apiVersion"]
        object["kind"] = live["kind"]
    }

    private func count(_ object: inout JSON, over live: JSON, _ target: Target) {
        guard target.kind.traits.contains(.countsGenerations) else { return }
        func counted(_ object: JSON) -> JSON {
            let isAnnotated = target.kind.traits.contains(.countsAnnotations)
            let annotations = isAnnotated ? object["metadata"]?["annotations"] : JSON?.none
            guard target.kind.isCustom else { return [object["spec"] ?? .null, annotations ?? .null] }
            var object = object
            object["metadata"] = nil
            if target.kind.subresources.contains(.status) { object["status"] = nil }
            return object
        }
        guard counted(object) != counted(live) else { return }
        object["metadata"]?["generation"] = JSON((live["metadata"]?["generation"]?.integer ?? 0) + 1)
    }

    /// A caller may correct who owns what, or, with one empty entry, have it forgotten.
    private func owners(after object: JSON, _ live: JSON, _ target: Target) -> Ownerships {
        let said = object["metadata"]?["managedFields"]?.array ?? []
        guard target.subresource == nil, !said.isEmpty else { return Ownerships(of: live) }
        return said == [[:]] ? Ownerships(of: nil) : Ownerships(of: object)
    }
}

extension JSON {
    var withoutOwnerTimes: JSON {
        var result = self
        guard let entries = result["metadata"]?["managedFields"]?.array else { return result }
        result["metadata"]?["managedFields"] = .array(
            entries.map { entry in
                var entry = entry
                entry["time"] = nil
                return entry
            })
        return result
    }
}
