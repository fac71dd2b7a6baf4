import Rollouts
import Transport

// What is there, and who else has a say in it.

extension IstioSurvey {
    /// A host may be a ServiceEntry's, which is no Service: so this is no certain end.
    var hostFindings: [Finding] {
        if case .unknown(let why) = services { return [.unread("Services of \(namespace)", why)] }
        return hosts.filter { service($0) == nil }.map { host in
            Finding(
                .warning, "objects", "Service \(namespace)/\(host)", "is not there",
                why: "the split leads to this host, and unless a ServiceEntry names it nobody answers",
                mend: "create the Service, or correct the host in the VirtualService")
        }
    }

    var subsetFindings: [Finding] {
        guard target.split == .subsets, let host = hosts.first else { return [] }
        if case .unknown(let why) = rules { return [.unread("DestinationRules of \(namespace)", why)] }
        let own = rules(for: host)
        return ([inspection.stable].compactMap(\.self) + inspection.canaries)
            .filter { subset($0, of: host) == nil }
            .map { name in
                Finding(
                    own.isEmpty ? .warning : .error, "subsets",
                    own.first.map(title) ?? "DestinationRule for \(host)",
                    own.isEmpty
                        ? "none of \(namespace) is for host \(host), which should have subset \(name)"
                        : "has no subset \(name)",
                    why: "requests to a subset that nobody defines are answered with 503",
                    mend: "add `{name: \(name), labels: {…}}` to its `subsets`")
            }
    }

    /// Within gateways they are merged; within the mesh one of them counts, and nobody says which.
    var rivalFindings: [Finding] {
        rivals.sorted().map { rival in
            Finding(
                .warning, "rivals", "VirtualService \(rival)",
                "claims a host of the mesh that is split here too",
                why:
                    "of two for one host only one counts, in no order that is promised: the weights may be passed "
                    + "over",
                mend: "merge them into one, or take `mesh` out of its `gateways`")
        }
    }

    /// Whoever applies the weights too will take them back.
    var ownerFindings: [Finding] {
        objects.compactMap { object in
            let ours = [FieldManager.apply, FieldManager.patch]
            guard let owner = object.object.owner(of: object.splitPath), !ours.contains(owner.manager) else {
                return nil
            }
            let isApplied = object.object.isApplied(by: owner.manager, object.splitPath)
            return Finding(
                isApplied ? .warning : .note, "owner", "\(object.reference)",
                "\(object.splitPath.joined(separator: ".")) was last written by \(owner)",
                why: isApplied
                    ? "what is applied again and again takes the weights back"
                    : "it is good to know who else writes",
                mend: "leave the weights out of what \(owner.manager) applies, or see `drift`")
        }
    }

    var protocolFindings: [Finding] {
        guard objects.contains(where: { !$0.splits["http"].isEmpty }) else { return [] }
        return hosts.flatMap { host in
            (service(host)?["spec"]["ports"]?.array ?? []).compactMap { protocolFinding($0, host) }
        }
    }

    private func protocolFinding(_ port: JSON, _ host: String) -> Finding? {
        let number = port["port"]?.integer.map(String.init) ?? "?"
        let said = port["appProtocol"]?.string ?? port["name"]?.string.map { String($0.prefix { $0 != "-" }) }
        let subject = "Service \(namespace)/\(host), port \(number)"
        let name = said?.lowercased() ?? ""
        if ["http", "http2", "grpc", "https", "kubernetes.io/h2c"].contains(name) || name.hasPrefix("grpc") {
            return nil
        }
        let isOther = ["tcp", "tls", "mysql", "mongo", "redis", "udp"].contains(name)
        return Finding(
            isOther ? .warning : .note, "protocol", subject,
            isOther ? "is said to speak \(name)" : "does not say what it speaks",
            why: isOther
                ? "routes for HTTP don't hold there: its requests are not split"
                : "Istio looks into the first bytes then; requests it can't tell are not split",
            mend: "set `appProtocol: http`, or begin the port's name with http")
    }

    private func title(_ rule: JSON) -> String {
        "DestinationRule \(namespace)/\(rule["metadata"]["name"]?.string ?? "?")"
    }
}

extension JSON {
    /// Whether a manager declares the field, and did not only edit it once.
    func isApplied(by manager: String, _ path: [String]) -> Bool {
        (self["metadata"]["managedFields"]?.array ?? []).contains { entry in
            entry["manager"]?.string == manager && entry["operation"] == "Apply"
                && path.reduce(entry["fieldsV1"]) { $0["f:\($1)"] } != nil
        }
    }
}
