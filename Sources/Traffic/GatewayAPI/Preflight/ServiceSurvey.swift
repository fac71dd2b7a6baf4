import Rollouts
import Transport

/// The Services that a route leads to, and the pods behind them.
struct ServiceSurvey: Sendable {
    let inspection: Inspection
    let namespace: String
    let services: Seen<[JSON]>
    let pods: Seen<[JSON]>
    /// None where another mesh carries the routes out.
    var linkerd: LinkerdSurvey?

    var findings: [Finding] {
        unreadFindings + podFindings + (linkerd?.findings(self) ?? [untold].compactMap(\.self))
    }

    func service(_ name: String) -> JSON? {
        services.value?.first { $0["metadata"]["name"]?.string == name }
    }

    /// None where the Service selects nothing, or is not there; the second is said by the route's own look.
    func podSet(of backend: String) -> PodSet? {
        guard case .seen(let pods) = pods, let service = service(backend) else { return nil }
        let selector = service["spec"]["selector"].texts
        guard !selector.isEmpty else { return nil }
        return PodSet("Service \(namespace)/\(backend)", selector, among: pods.map(PodSight.init))
    }

    var stablePods: PodSet? { inspection.stable.flatMap(podSet) }
    var canaryPods: [PodSet] { inspection.canaries.compactMap(podSet) }

    private var unreadFindings: [Finding] {
        let looks = [("Services of \(namespace)", services), ("pods of \(namespace)", pods)]
        return looks.compactMap { subject, look in
            if case .unknown(let why) = look { .unread(subject, why) } else { nil }
        }
    }

    private var podFindings: [Finding] {
        let (stable, canaries) = (stablePods, canaryPods)
        return (stable?.endpointFindings(inspection, isCanary: false) ?? [])
            + canaries.flatMap { $0.endpointFindings(inspection, isCanary: true) }
            + PodSet.overlapFindings([stable].compactMap(\.self) + canaries)
    }

    /// The Gateway API says nothing of how Gateways and pods speak with each other.
    private var untold: Finding? {
        guard inspection.requiresMTLS else { return nil }
        return Finding(
            .warning, Finding.mtls, "namespace \(namespace)",
            "whether its pods take mutual TLS only is nothing that the Gateway API tells",
            why: "`requireMTLS: strict` asks for proof of it",
            mend: "route by `istio` or `linkerd`, whose policies can be read, or take `requireMTLS` out")
    }
}
