import Rollouts
import Transport

// What softens a failure: annotations of the Service that is asked for, and of those that answer.

extension LinkerdSurvey {
    func resilienceFindings(_ survey: ServiceSurvey) -> [Finding] {
        let ofParents = parents.flatMap { name -> [Finding] in
            let annotations = survey.service(name)?["metadata"]["annotations"].texts ?? [:]
            let subject = "Service \(survey.namespace)/\(name)"
            return Finding.linkerd(.timeouts, subject, annotations)
                + Finding.linkerd(.retries, subject, annotations)
        }
        return ofParents + survey.inspection.canaries.flatMap { accrualFindings($0, survey) }
    }

    private func accrualFindings(_ name: String, _ survey: ServiceSurvey) -> [Finding] {
        guard let service = survey.service(name) else { return [] }
        let subject = "Service \(survey.namespace)/\(name)"
        let present = Finding.linkerd(.breakers, subject, service["metadata"]["annotations"].texts)
        guard present.isEmpty else { return present }
        return [
            Finding(
                .note, Softener.breakers.rawValue, subject, "has no failure accrual",
                why: "a single bad pod goes on getting its share",
                mend: "annotate it `balancer.linkerd.io/failure-accrual: consecutive`")
        ]
    }
}

extension Finding {
    /// What Linkerd's annotations of that kind say, where there are any.
    static func linkerd(
        _ softener: Softener, _ subject: String, _ annotations: [String: String]
    ) -> [Finding] {
        let own = annotations.filter { annotation in
            softener.linkerdPrefixes.contains { annotation.key.hasPrefix($0) }
        }
        guard !own.isEmpty else { return [] }
        let present = Finding.present(softener, subject, [JSON(own)])
        guard softener == .retries else { return present }
        return present.map {
            Finding(
                $0.severity, $0.check, $0.subject, $0.what,
                why:
                    "a request that the release fails may be tried again on the stable one, and then nobody sees it "
                    + "fail but the release's own side",
                mend: "judge by what the release's pods count (direction=\"inbound\")")
        }
    }
}

extension Softener {
    fileprivate var linkerdPrefixes: [String] {
        switch self {
        case .timeouts: ["timeout.linkerd.io/"]
        case .retries: ["retry.linkerd.io/"]
        case .breakers: ["balancer.linkerd.io/failure-accrual", "balancer.alpha.linkerd.io/failure-accrual"]
        case .outliers: []
        }
    }
}
