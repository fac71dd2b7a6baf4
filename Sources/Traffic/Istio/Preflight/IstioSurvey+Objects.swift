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

    var ownerFindings: [Finding] {
        objects.compactMap { .owner(of: $0.splitPath, in: $0.object, "\($0.reference)") }
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
}
