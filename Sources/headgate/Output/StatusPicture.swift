import Server

/// A rollout in a terminal.
struct StatusPicture {
    private let status: RolloutStatus

    init(_ status: RolloutStatus) {
        self.status = status
    }

    var text: String {
        let parts = [head, weights, ladder, analyses, trouble]
        return parts.flatMap(\.self).joined(separator: "\n")
    }

    private var head: [String] {
        ["\(status.name)  \(status.phase.rawValue)", "  \(status.message)"]
    }

    private var weights: [String] {
        guard let routing = status.routing else { return [] }
        let mark =
            routing.isApplied ? "applied" : routing.receipt == nil ? "wanted" : "accepted, not shown yet"
        let releases = [status.stable.map { ("stable", $0) }, status.canary.map { ("canary", $0) }]
            .compactMap(\.self)
        return releases.map { role, release in
            let share = routing.wanted[release.backend] ?? 0
            return
                "  \(role)  \(bar(share)) \(percent(share).padding(to: 6)) \(release.release) on \(release.backend)"
        } + ["  route   \(mark)\(routing.lastFailure.map { ": \($0)" } ?? "")"]
    }

    private func bar(_ percent: Double) -> String {
        let filled = Int((percent / 5).rounded(percent > 0 && percent < 5 ? .up : .toNearestOrEven))
        return String(repeating: "█", count: filled) + String(repeating: "░", count: max(0, 20 - filled))
    }

    private var ladder: [String] {
        guard let step = status.step else { return [] }
        return status.steps.enumerated().map { index, text in
            let number = index + 1
            let mark = number < step.number ? "✔" : number == step.number ? "▶" : " "
            let left =
                number == step.number
                ? step.remainingSeconds.map { ", \(Int($0.rounded(.up))) s left" } ?? "" : ""
            return "  \(mark) \(number) \(text)\(left)"
        }
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
