import Rollouts
import Transport

extension IstioSurvey {
    var podFindings: [Finding] {
        if case .unknown(let why) = pods { return [.unread("pods of \(namespace)", why)] }
        let (stable, canaries) = (stablePods, canaryPods)
        return (stable?.endpointFindings(inspection, isCanary: false) ?? [])
            + canaries.flatMap { $0.endpointFindings(inspection, isCanary: true) }
            + PodSet.overlapFindings([stable].compactMap(\.self) + canaries)
    }

    /// What would soften a failure and is not there. None of it is needed to move traffic.
    var resilienceFindings: [Finding] {
        objects.flatMap { object in
            let routes = object.splits["http"].compactMap { object.base["http"][$0] }
            let subject = "\(object.reference)"
            return [
                routes.contains { $0["timeout"] == nil }
                    ? Finding(
                        .note, "timeouts", subject, "a route that is split has no timeout",
                        why: "a release that hangs holds its callers for as long as they wait",
                        mend: "set `timeout` on the route") : nil,
                routes.contains { $0["retries"] == nil }
                    ? Finding(
                        .note, "retries", subject,
                        "a route that is split does not say how often to try again",
                        why: "Istio tries twice by itself; callers count less failures than the release has",
                        mend: "set `retries`, or `retries: {attempts: 0}`") : nil,
            ].compactMap(\.self)
        } + hosts.flatMap(breakerFindings)
    }

    private func breakerFindings(_ host: String) -> [Finding] {
        guard case .seen = rules else { return [] }
        let policies = rules(for: host).flatMap { rule in
            [rule["spec"]["trafficPolicy"]]
                + (rule["spec"]["subsets"]?.array ?? []).map { $0["trafficPolicy"] }
        }
        let (ejects, limits) = (
            policies.contains { $0["outlierDetection"] != nil },
            policies.contains { $0["connectionPool"] != nil }
        )
        return [
            ejects
                ? nil
                : Finding(
                    .note, "outliers", "host \(host)", "no DestinationRule has outlierDetection",
                    why: "a single bad pod goes on getting its share",
                    mend: "set `trafficPolicy.outlierDetection`"),
            limits
                ? nil
                : Finding(
                    .note, "breakers", "host \(host)", "no DestinationRule limits its connections",
                    why: "a slow release piles up requests without an end",
                    mend: "set `trafficPolicy.connectionPool`"),
        ].compactMap(\.self)
    }
}
