import Rollouts
import Transport

extension GatewayObject {
    /// What softens a failure on the way, in the words of the API and of Linkerd's annotations.
    var resilienceFindings: [Finding] {
        let rules = splits.map { base[$0] }
        let subject = "\(reference)"
        let annotations = object["metadata"]["annotations"].texts
        let timeouts =
            Finding.present(.timeouts, subject, rules.map { $0["timeouts"] })
            + Finding.linkerd(.timeouts, subject, annotations)
        let retries =
            Finding.present(.retries, subject, rules.map { $0["retry"] })
            + Finding.linkerd(.retries, subject, annotations)
        guard timeouts.isEmpty, route.kind == .httpRoute else { return timeouts + retries }
        return [
            .absent(
                .timeouts, subject, "a rule that is split has no timeout",
                mend: "set `timeouts.request` in the rule")
        ] + retries
    }
}
