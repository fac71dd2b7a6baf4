extension PlanDescription {
    /// The description as `headgate plan` prints it.
    package var text: String {
        let head = ["\(rollout) (\(source)), judged by the \(judgement) rules" + (isPaused ? ", paused" : "")]
        let numbered = steps.enumerated().map { "\(padded("\($0 + 1)", 4))  \($1)" }
        let last = ["   -  all traffic; the release is the stable one"]
        let watch = background.map { ["watched \($0)"] } ?? []
        return [head, numbered, last, watch, ["takes at least \(shortestTime)"], stopLines, writeLines]
            .joined().joined(separator: "\n")
    }

    private var stopLines: [String] {
        ["what can stop it:"] + stops.map { "      \($0)" }
    }

    private var writeLines: [String] {
        guard let first = writes.first else { return [] }
        let names = first.clusters.joined(separator: " and ")
        return ["writes to \(first.router), route \(first.route), clusters \(names):"]
            + writes.map { "      release \($0.release), stable \($0.stable)" }
    }

    private func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
