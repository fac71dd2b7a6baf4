import Rollouts

extension PodSet {
    /// Whether anybody is there to answer.
    func endpointFindings(_ inspection: Inspection, isCanary: Bool) -> [Finding] {
        guard ready.isEmpty, !selector.isEmpty else { return [] }
        if isCanary, inspection.startsInstances { return [] }
        let isCertain = isCanary && inspection.isStart
        let count = pods.isEmpty ? "no pod has" : "none of \(pods.count) pods is ready with"
        return [
            Finding(
                isCertain ? .error : .warning, "endpoints", subject, "\(count) \(selector.selectorText)",
                why: "requests that are sent there fail",
                mend: isCanary
                    ? "deploy the release there before it is announced, and wait until it is ready"
                    : "see to the pods of the stable release: all traffic goes back there")
        ]
    }

    /// One pod in two places gets the share of both, and is judged for both.
    static func overlapFindings(_ sets: [PodSet]) -> [Finding] {
        sets.indices.flatMap { first in
            sets.indices.dropFirst(first + 1).compactMap { second in
                let both = Set(sets[first].ready.map(\.name)).intersection(sets[second].ready.map(\.name))
                guard let pod = both.min() else { return nil }
                return Finding(
                    .warning, "selectors", "\(sets[first].subject) and \(sets[second].subject)",
                    "pod \(pod) is in both" + (both.count == 1 ? "" : ", and \(both.count - 1) more"),
                    why:
                        "weights between the two say nothing then, and while selectors are switched requests fail "
                        + "(istio #26861)",
                    mend: "let the selectors differ in a label that every pod has one value of")
            }
        }
    }
}

extension Finding {
    /// Of what could not be read, where nothing else is concluded from it.
    static func unread(_ subject: String, _ why: String) -> Finding {
        Finding(
            .note, "reach", subject, "could not be read: \(why)",
            why: "what it would have shown was not looked at", mend: "let the server read it")
    }
}
