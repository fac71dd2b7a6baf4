import Analysis
import Rollouts
import Transport

/// An analysis as an AnalysisRun object: for `kubectl get`, and for Argo Rollouts' own tools. Pure.
///
/// It is a picture and starts nothing: who measures is the control loop.
struct AnalysisRunDocument: Hashable, Sendable {
    let id: RunID
    let run: AnalysisRun
    /// What is analysed.
    let release: String
    /// None while it goes on.
    let endedAt: Moment?
    let rollout: RolloutKey
    /// Of the Rollout, whose end is the end of its runs.
    let owner: String
    let isBlueGreen: Bool
    /// How far the flight has come to where it gets all traffic, for the two analyses of blue-green.
    let isAfterPromotion: Bool

    static let managedBy = "app.kubernetes.io/managed-by"
    static let selector = "\(managedBy)=headgate"
    /// Which run of its rollout it is; see `RunID.mark`.
    static let annotation = "headgate.dev/run"
    static let terminated = "Run Terminated"

    /// As Argo names them, with the number of the flight where Argo has a revision.
    var name: String {
        "\(rollout.name)-\(plain(release).prefix(100))-\(id.flight)\(suffix)"
    }

    private var suffix: String {
        switch (type, id.kind) {
        case ("PrePromotion", _): "-pre"
        case ("PostPromotion", _): "-post"
        case (_, .step(let index)): "-\(index)"
        case (_, .background(1)): ""
        case (_, .background(let number)): ".\(number - 1)"
        case (_, .slos): "-slos"
        }
    }

    private var type: String {
        switch id.kind {
        case .background, .slos: "Background"
        case .step where isBlueGreen: isAfterPromotion ? "PostPromotion" : "PrePromotion"
        case .step: "Step"
        }
    }

    var json: JSON {
        var labels: JSON = [
            Self.managedBy: "headgate", "rollouts-pod-template-hash": JSON(String(plain(release).prefix(63))),
            "rollout-type": JSON(type),
        ]
        if case .step(let index) = id.kind, type == "Step" { labels["step-index"] = JSON("\(index)") }
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
            "metadata": [
                "name": JSON(name), "namespace": JSON(rollout.namespace), "labels": labels,
                "annotations": [
                    Self.annotation: JSON(id.mark), "rollout.argoproj.io/revision": JSON("\(id.flight)"),
                ],
                "ownerReferences": [
                    [
                        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": JSON(rollout.name),
                        "uid": JSON(owner), "controller": true, "blockOwnerDeletion": true,
                    ]
                ],
            ],
            "spec": AnalysisRunSpec(shown.map { run.metrics[$0] }).json, "status": status,
        ]
    }

    /// In letters that a name and a label may have.
    private func plain(_ text: String) -> String {
        let letters = text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        return String(letters)
    }
}

// MARK: - Status

extension AnalysisRunDocument {
    /// Argo knows no metric that is the stage of an experiment.
    var shown: [Int] { run.metrics.indices.filter { run.metrics[$0].query.provider != "experiment" } }

    var isOver: Bool { run.verdict != nil || endedAt != nil }

    /// Whether it is kept with the good ones.
    var isSuccessful: Bool { phase == "Successful" }

    var phase: String { run.verdict?.word ?? (isOver ? "Successful" : "Running") }

    var status: JSON {
        var status: JSON = [
            "phase": JSON(phase), "startedAt": JSON(inSeconds(run.startedAt)),
            "metricResults": .array(shown.map(result)), "runSummary": summary(ofDry: false),
        ]
        if run.metrics.contains(where: \.isDryRun) { status["dryRunSummary"] = summary(ofDry: true) }
        if isOver { status["completedAt"] = JSON(inSeconds(end)) }
        if let message { status["message"] = JSON(message) }
        return status
    }

    private var end: Moment {
        let measured = run.tallies.compactMap { $0.recent.last?.finishedAt }.max()
        return (run.verdict == nil ? endedAt : measured) ?? endedAt ?? run.startedAt
    }

    private var message: String? {
        guard let verdict = run.verdict else { return isOver ? Self.terminated : nil }
        guard verdict != .successful, let index = run.decisive else { return nil }
        let metric = run.metrics[index]
        return "Metric \"\(metric.name)\" assessed \(verdict.word) due to "
            + run.tallies[index].excess(of: metric, verdict)
    }

    private func summary(ofDry isDry: Bool) -> JSON {
        let indices = shown.filter { run.metrics[$0].isDryRun == isDry }
        var summary: JSON = [:]
        if !indices.isEmpty { summary["count"] = JSON(indices.count) }
        for (key, word) in [
            ("successful", "Successful"), ("failed", "Failed"), ("inconclusive", "Inconclusive"),
            ("error", "Error"),
        ] {
            let count = indices.count { phase(of: $0) == word }
            if count > 0 { summary[key] = JSON(count) }
        }
        return summary
    }

    private func phase(of index: Int) -> String {
        if let verdict = run.tallies[index].verdict { return verdict.word }
        if isOver { return "Successful" }
        return run.tallies[index].recent.isEmpty ? "Pending" : "Running"
    }

    /// What is zero Argo leaves out.
    private func result(_ index: Int) -> JSON {
        let (metric, tally) = (run.metrics[index], run.tallies[index])
        var result: JSON = ["name": JSON(metric.name), "phase": JSON(phase(of: index))]
        for (key, count) in [
            ("count", tally.count), ("successful", tally.successful), ("failed", tally.failed),
            ("inconclusive", tally.inconclusive), ("error", tally.errors),
            ("consecutiveError", tally.consecutiveErrors), ("consecutiveSuccess", tally.consecutiveSuccesses),
        ] where count > 0 {
            result[key] = JSON(count)
        }
        if metric.isDryRun { result["dryRun"] = true }
        if tally.verdict == nil, isOver { result["message"] = "Metric Terminated" }
        if !tally.recent.isEmpty { result["measurements"] = .array(tally.recent.map(\.json)) }
        return result
    }
}

extension Verdict {
    fileprivate var word: String { capitalized(rawValue) }
}

extension Tally {
    /// In Argo's words: `failed (2) > failureLimit (1)`
    fileprivate func excess(of metric: Metric, _ verdict: Verdict) -> String {
        switch verdict {
        case .failed: "failed (\(failed)) > failureLimit (\(metric.failureLimit ?? 0))"
        case .error:
            "consecutiveErrors (\(consecutiveErrors)) > consecutiveErrorLimit (\(metric.consecutiveErrorLimit)): "
                + "\"Error Message: \(recent.last?.message ?? "")\""
        case .inconclusive:
            "inconclusive (\(inconclusive)) > inconclusiveLimit (\(metric.inconclusiveLimit))"
        case .successful: ""
        }
    }
}

extension Measurement {
    fileprivate var json: JSON {
        var json: JSON = [
            "phase": JSON(capitalized(phase.rawValue)),
            "startedAt": JSON(inSeconds(startedAt)), "finishedAt": JSON(inSeconds(finishedAt)),
        ]
        if let value { json["value"] = JSON(value) }
        if let message { json["message"] = JSON(message) }
        return json
    }
}

/// `failed` is `Failed`.
private func capitalized(_ word: String) -> String {
    word.prefix(1).uppercased() + String(word.dropFirst())
}

/// Kubernetes' times have no fractions.
private func inSeconds(_ moment: Moment) -> String { inSeconds(moment.description) }
