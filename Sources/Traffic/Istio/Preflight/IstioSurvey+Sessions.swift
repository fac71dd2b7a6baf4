import Rollouts
import Transport

extension IstioSurvey {
    /// A hash chooses among the pods of a subset; which subset it is was drawn before, for each request anew.
    var sessionFindings: [Finding] {
        hosts.flatMap(allRules).flatMap { rule in
            let policies =
                [rule["spec"]["trafficPolicy"]]
                + (rule["spec"]["subsets"]?.array ?? []).map { $0["trafficPolicy"] }
            let hashes = policies.compactMap { $0["loadBalancer"]["consistentHash"] }
            return Set(hashes.map(\.settingWords)).sorted().map { words in
                Finding(
                    .note, "sessions", rule.ruleTitle, "keeps callers on a pod (\(words)), and in no release",
                    why: "which release a request goes to is drawn for each anew, before the hash counts",
                    mend: inspection.isSticky
                        ? "nothing to do: `stickiness` keeps users in a release"
                        : "set `stickiness`, which keeps users in a release")
            }
        }
    }
}
