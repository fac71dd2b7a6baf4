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

    func service(_ name: String) -> JSON? { services.named(name) }

    /// None where the Service selects nothing, or is not there; the second is said by the route's own look.
    func podSet(of backend: String) -> PodSet? {
        guard case .seen(let pods) = pods, let service = service(backend) else { return nil }
        let selector = service["spec"]["selector"].texts
        guard !selector.isEmpty else { return nil }
        return PodSet("Service \(namespace)/\(backend)", selector, among: pods.map(PodSight.init))
    }

    private var unreadFindings: [Finding] {
        let looks = [("Services of \(namespace)", services), ("pods of \(namespace)", pods)]
        return looks.compactMap { subject, look in
            if case .unknown(let why) = look { .unread(subject, why) } else { nil }
        }
    }

    private var podFindings: [Finding] {
        PodSet.findings(inspection, of: podSet)
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
