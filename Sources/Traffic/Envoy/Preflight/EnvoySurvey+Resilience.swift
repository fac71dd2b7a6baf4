import Rollouts
import Transport

// What softens a failure: in the route, as long as it is not ours, and in the clusters.

extension EnvoySurvey {
    func resilienceFindings(_ parts: EnvoyParts) -> [Finding] {
        let clusters = places.map(\.name).filter { parts.clusters[$0] != nil }
        return lossFindings(parts) + clusters.flatMap { clusterFindings($0, parts.clusters[$0]) }
    }

    /// The whole route is ours to write, and nothing of what was there before stays in it.
    private func lossFindings(_ parts: EnvoyParts) -> [Finding] {
        let hosts = parts.foreignRoutes.flatMap { $0["virtual_hosts"]?.array ?? [] }
        let actions = hosts.flatMap { $0["routes"]?.array ?? [] }.map { $0["route"] }
        let timeouts = actions.map { $0["timeout"] } + actions.map { $0["max_stream_duration"] }
        let retries = (hosts + actions.compactMap(\.self)).map { $0["retry_policy"] }
        let (subject, callers) = ("\(name), route \(route)", "let callers send")
        return loss(
            Finding.present(.timeouts, subject, timeouts),
            mend: "set `max_stream_duration` in the cluster, or \(callers) x-envoy-upstream-rq-timeout-ms")
            + loss(
                Finding.present(.retries, subject, retries),
                mend: "\(callers) x-envoy-retry-on and x-envoy-max-retries")
    }

    private func loss(_ findings: [Finding], mend: String) -> [Finding] {
        findings.map { finding in
            Finding(
                .warning, finding.check, finding.subject, finding.what,
                why: "the first write replaces the whole route, and this with it", mend: mend)
        }
    }

    private func clusterFindings(_ cluster: String, _ parts: EnvoyParts.Cluster?) -> [Finding] {
        let subject = "\(name), cluster \(cluster)"
        let breakers = Finding.present(.breakers, subject, [parts?.breakers])
        let outliers = Finding.present(.outliers, subject, [parts?.outliers])
        let lacking: [Finding] = [
            breakers.isEmpty
                ? .absent(.breakers, subject, "has no circuit_breakers", mend: "set them in the cluster")
                : nil,
            outliers.isEmpty
                ? .absent(.outliers, subject, "has no outlier_detection", mend: "set it in the cluster")
                : nil,
        ].compactMap(\.self)
        return breakers + outliers + lacking
    }
}
