import Rollouts
import Transport

// What softens a failure, and what would and is not there. None of it is needed to move traffic.

extension IstioSurvey {
    var resilienceFindings: [Finding] { objects.flatMap(routeFindings) + hosts.flatMap(hostFindings) }

    private func routeFindings(_ object: IstioObject) -> [Finding] {
        let routes = object.splits["http"].compactMap { object.base["http"][$0] }
        let subject = "\(object.reference)"
        let (timeouts, retries) = (routes.map { $0["timeout"] }, routes.map { $0["retries"] })
        var findings =
            Finding.present(.timeouts, subject, timeouts) + Finding.present(.retries, subject, retries)
        if timeouts.contains(nil) {
            findings.append(
                .absent(
                    .timeouts, subject, "a route that is split has no timeout",
                    mend: "set `timeout` on the route"))
        }
        if retries.contains(nil) {
            findings.append(
                Finding(
                    .note, "retries", subject, "a route that is split does not say how often to try again",
                    why: "Istio tries twice by itself; callers count less failures than the release has",
                    mend: "set `retries`, or `retries: {attempts: 0}`"))
        }
        return findings
    }

    private func hostFindings(_ host: String) -> [Finding] {
        guard case .seen = rules else { return [] }
        let rules = rules(for: host)
        let policies = rules.flatMap { rule in
            [rule["spec"]["trafficPolicy"]]
                + (rule["spec"]["subsets"]?.array ?? []).map { $0["trafficPolicy"] }
        }
        let subject = rules.first?.ruleTitle ?? "host \(host)"
        let outliers = Finding.present(.outliers, subject, policies.map { $0["outlierDetection"] })
        let breakers = Finding.present(.breakers, subject, policies.map { $0["connectionPool"] })
        var lacking: [Finding] = []
        if outliers.isEmpty {
            lacking.append(
                .absent(
                    .outliers, "host \(host)", "no DestinationRule has outlierDetection",
                    mend: "set `trafficPolicy.outlierDetection`"))
        }
        if breakers.isEmpty {
            lacking.append(
                .absent(
                    .breakers, "host \(host)", "no DestinationRule limits its connections",
                    mend: "set `trafficPolicy.connectionPool`"))
        }
        return outliers + breakers + lacking
    }
}
