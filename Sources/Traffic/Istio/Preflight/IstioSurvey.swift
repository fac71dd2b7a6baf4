import Kubernetes
import Rollouts
import Transport

/// Everything that was read of an Istio before a start. What follows from it is worked out without another question.
struct IstioSurvey: Sendable {
    let inspection: Inspection
    let target: IstioTarget
    /// Of the hosts that are split.
    let namespace: String
    let rootNamespace: String
    /// The split VirtualServices as the router reads them.
    var objects: [IstioObject] = []
    /// Others that claim a host of the mesh that is split.
    var rivals: [String] = []
    /// Of all namespaces that could be read.
    var rules: Seen<[JSON]> = .seen([])
    /// Why those of some namespaces could not be.
    var unseenRules: String?
    var services: Seen<[JSON]> = .seen([])
    var pods: Seen<[JSON]> = .seen([])
    var peers: Seen<[JSON]> = .seen([])
    var authorizations: Seen<[JSON]> = .seen([])
    /// What the pods' proxies counted; none where nobody keeps their counts.
    var connections: Seen<CountedConnections>?

    var findings: [Finding] {
        hostFindings + ruleFindings + rivalFindings + ownerFindings + podFindings + protocolFindings
            + mtlsFindings + identityFindings + resilienceFindings + sessionFindings
    }

    /// The first labels of the hosts that are split, which are names of Services.
    var hosts: [String] {
        var seen: Set<String> = []
        return writtenHosts.map(\.firstLabel).filter { seen.insert($0).inserted }
    }

    private var writtenHosts: [String] {
        let items = objects.flatMap(\.eachSplit).flatMap { $0["route"]?.array ?? [] }
        return items.filter { item in objects.contains { $0.destinations.index(ofItem: item) != nil } }
            .compactMap { $0["destination"]["host"]?.string }
    }

    /// `web.shop.svc.cluster.local`, of one of `hosts`.
    func wholeHost(_ host: String) -> String {
        (writtenHosts.first { $0.firstLabel == host } ?? host).wholeHost(in: namespace)
    }

    func service(_ name: String) -> JSON? { services.named(name) }

    var allPods: [PodSight] { (pods.value ?? []).map(PodSight.init) }

    /// The pods of a backend; none where nobody can tell which they are.
    func podSet(of backend: String) -> PodSet? {
        switch target.split {
        case .hosts:
            guard let service = service(backend.firstLabel) else { return nil }
            let selector = service["spec"]["selector"].texts
            let subject = "Service \(namespace)/\(backend.firstLabel)"
            return selector.isEmpty ? nil : PodSet(subject, selector, among: allPods)
        case .subsets:
            guard let host = hosts.first, let service = service(host) else { return nil }
            let selector = service["spec"]["selector"].texts
            guard let subset = subset(backend, of: host), !selector.isEmpty else { return nil }
            let labels = subset["labels"].texts
            guard !labels.isEmpty else { return nil }
            return PodSet(
                "subset \(backend) of host \(host)", selector.merging(labels) { $1 }, among: allPods)
        }
    }

    func subset(_ name: String, of host: String) -> JSON? {
        rules(for: host).subset(name)
    }

    var stablePods: PodSet? { inspection.stable.flatMap(podSet) }
    var canaryPods: [PodSet] { inspection.canaries.compactMap(podSet) }
}

extension String {
    /// `web` of `web.shop.svc.cluster.local`
    var firstLabel: String { String(prefix { $0 != "." }) }
}
