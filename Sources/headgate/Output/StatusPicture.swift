import Server

/// A rollout in a terminal.
struct StatusPicture {
    private let status: RolloutStatus

    init(_ status: RolloutStatus) {
        self.status = status
    }

    var text: String {
        let parts = [head, weights, rules, ladder, analyses, trouble, others]
        return parts.flatMap(\.self).joined(separator: "\n")
    }

    private var head: [String] {
        ["\(status.name)  \(status.phase.rawValue)", "  \(status.message)"]
    }

    private var weights: [String] {
        guard let routing = status.routing else { return [] }
        let mark =
            routing.isApplied ? "applied" : routing.receipt == nil ? "wanted" : "accepted, not shown yet"
        return releases.map { role, release in
            let share = routing.wanted[release.backend] ?? 0
            return
                "  \(role)  \(bar(share)) \(percent(share).padding(to: 6)) \(release.release) on \(release.backend)"
        } + ["  route   \(mark)\(routing.lastFailure.map { ": \($0)" } ?? "")"]
            + (routing.evidence.map { ["  proof   \($0)"] } ?? [])
    }

    private var releases: [(String, ReleaseStatus)] {
        let arms = status.arms?.map { ($0.arm, ReleaseStatus(release: $0.release, backend: $0.backend)) }
        let climbing = arms ?? status.canary.map { [("canary", $0)] } ?? []
        return (status.stable.map { [("stable", $0)] } ?? []) + climbing
    }

    private var rules: [String] {
        guard let routing = status.routing else { return [] }
        return routing.rules.map { "  rule    \($0)" }
            + (routing.cookie.map { ["  cookie  \($0) keeps users in their share"] } ?? [])
    }

    /// What may come next: a release that waits, and those that can be gone back to.
    private var others: [String] {
        let queued = status.queued.map { "  ◷ \($0.release) waits: \($0.reason)" }
        let warm = status.warm.map { "  \($0.release) is kept on \($0.backend) until \($0.until)" }
        let history = status.history.isEmpty ? nil : "  before: \(status.history.joined(separator: ", "))"
        return [queued].compactMap(\.self) + warm + [history].compactMap(\.self)
    }

    private func bar(_ percent: Double) -> String {
        let filled = Int((percent / 5).rounded(percent > 0 && percent < 5 ? .up : .toNearestOrEven))
        return String(repeating: "█", count: filled) + String(repeating: "░", count: max(0, 20 - filled))
    }

    private var ladder: [String] {
        guard let step = status.step else { return [] }
        let summit = step.number > step.count ? ["  ▶ \(step.text)\(left(of: step))"] : []
        return status.steps.enumerated().map { index, text in
            let number = index + 1
            let mark = number < step.number ? "✔" : number == step.number ? "▶" : " "
            return "  \(mark) \(number) \(text)\(number == step.number ? left(of: step) : "")"
        } + summit
    }

    private func left(of step: StepStatus) -> String {
        step.remainingSeconds.map { ", \(Int($0.rounded(.up))) s left" } ?? ""
    }

    private var analyses: [String] {
        status.analyses.flatMap { analysis in analysis.metrics.map { line($0, analysis.kind) } }
    }

    private func line(_ metric: MetricStatus, _ kind: AnalysisStatus.Kind) -> String {
        let counts =
            "good \(metric.successful)  bad \(metric.failed)  undecided \(metric.inconclusive)  errors \(metric.errors)"
        let value = metric.lastValue.map { "  last \($0)" } ?? ""
        let message = metric.lastMessage.map { "  (\($0))" } ?? ""
        let dry = metric.isDryRun ? "  dry run" : ""
        return "  ◇ \(metric.name) [\(kind.rawValue)]  \(counts)\(value)\(dry)\(message)"
    }

    private var trouble: [String] {
        let failure = status.failure.map {
            "  ✘ \($0.release) was taken back at step \($0.step): \($0.reason)"
        }
        let next = status.idleBackend.map { "  the next release is to be deployed to \($0)" }
        return [failure, status.canary == nil ? next : nil].compactMap(\.self)
    }
}
