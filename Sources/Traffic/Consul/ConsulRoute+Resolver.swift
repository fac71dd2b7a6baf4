import Rollouts
import Transport

extension ConsulRoute {
    /// The service-resolver with our subsets, and the way out of each that has no healthy instances; nothing where
    /// there is nothing to say.
    ///
    /// The subset that requests go to without a splitter is the stable release's, so that a splitter which somebody
    /// deletes takes nobody to the canary.
    func resolver(on entry: ConsulEntry) throws(RouteFailure) -> JSON? {
        guard target.definesSubsets || entry.document != nil else {
            throw declined(
                "there is no \(entry.name), which says what the subsets are; write one, or name `filters` or "
                    + "`releaseMeta` in the rollout")
        }
        var content = entry.document == nil ? entry.name.bare : entry.content
        for (name, filter) in filters {
            if content["Subsets"][name] == nil { content["Subsets"][name] = ["OnlyPassing": true] }
            content["Subsets"][name]["Filter"] = .string(filter)
        }
        try checkSubsets(of: content, entry.name)
        if target.definesSubsets { rest(&content) }
        if target.failsOver { failOver(&content) }
        return content
    }

    private func checkSubsets(of content: JSON, _ entry: EntryName) throws(RouteFailure) {
        let known = (content["Subsets"]?.object ?? [:]).keys.sorted()
        guard let missing = reached.sorted().first(where: { !known.contains($0) }) else { return }
        throw declined(
            "\(entry) has no subset \(missing); it has: \(known.isEmpty ? "none" : known.joined(separator: ", "))"
        )
    }

    private func rest(_ content: inout JSON) {
        let present = content["DefaultSubset"]?.string ?? ""
        guard present.isEmpty || backends.names.contains(present),
            content["Subsets"][refugeName] != nil
        else { return }
        content["DefaultSubset"] = .string(refugeName)
    }

    /// What somebody else has said about a subset's failover stays.
    private func failOver(_ content: inout JSON) {
        guard content["Subsets"][refugeName] != nil else { return }
        for name in backends.names where content["Subsets"][name] != nil {
            let present = content["Failover"][name]
            guard present == nil || isOurs(present) else { continue }
            let wanted: JSON? = name == refugeName ? nil : ["ServiceSubset": .string(refugeName)]
            // What means the same may stand there in Consul's own words.
            if present?["ServiceSubset"] == wanted?["ServiceSubset"] { continue }
            content["Failover"][name] = wanted
        }
        if content["Failover"] == [:] { content["Failover"] = nil }
    }

    private func isOurs(_ failover: JSON?) -> Bool {
        let service = failover["Service"]?.string ?? ""
        guard service.isEmpty || service == target.service, let subset = failover["ServiceSubset"]?.string
        else { return false }
        return backends.names.contains(subset) && (failover["Datacenters"]?.array ?? []).isEmpty
    }
}
