extension PlanDescription {
    /// The description as `headgate plan` prints it.
    package var text: String {
        [
            head, stepLines, timeLines, exposureLines, writeLines, instanceLines, stopLines, detectionLines,
            freezeLines,
        ]
        .filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private var head: [String] {
        ["\(rollout) (\(source)), judged by the \(judgement) rules\(isPaused ? ", paused" : "")"]
    }

    private var stepLines: [String] {
        let numbered = steps.enumerated().map { (index, step) in ["\(index + 1)", step] } + [["end", end]]
        let watch = background.map { ["watched in the background \($0)"] } ?? []
        return ["steps:"] + aligned(numbered, right: [0]) + watch
    }

    private var timeLines: [String] {
        let most = time.longestSeconds == nil ? "has no bound:  " : "takes at most  "
        let why = time.unboundedBecause.joined(separator: "; ")
        return [
            "takes at least \(time.shortest)", most + (time.longestSeconds == nil ? why : time.longest),
            "(without what nobody can plan: an outage, a freeze, a pause, a question to a person)",
        ]
    }

    /// The steps have told already what the rules say.
    private var exposureLines: [String] {
        let rows = exposure.map { row in
            let names = row.rules.map { $0.prefix { $0 != ":" } }.joined(separator: ", ")
            return [
                row.fromStep.map { "step \($0)" } ?? "end", row.share, row.atLeast,
                names.isEmpty ? "-" : names,
            ]
        }
        return ["who sees the release:"] + aligned([["from", "share", "at least", "and by rule"]] + rows)
    }

    private var writeLines: [String] {
        let clusters = target.clusters.joined(separator: ", ")
        let rows =
            writes.map { row($0, $0.step.map { "step \($0)" } ?? "end") }
            + [row(abortWrite, "abort")]
        let heading =
            target.router == "kubernetes"
            ? "shares, without a mesh:"
            : "writes to \(target.router), route \(target.route), clusters \(clusters):"
        return [heading]
            + aligned([["at", "release", "stable", "rules", "cookie"]] + rows)
    }

    private func row(_ write: Write, _ at: String) -> [String] {
        let rules = write.rules.isEmpty ? "-" : write.rules.joined(separator: ", ")
        return [at, write.release, write.stable, rules, write.cookie ?? "-"]
    }

    private var instanceLines: [String] {
        guard let instances else { return [] }
        let rows = instances.writes.map { write in
            [write.step.map { "step \($0)" } ?? "end", "\(write.release)", "\(write.stable)"]
        }
        return ["instances by \(instances.controller), release \(instances.release):"]
            + aligned([["at", "release", "stable"]] + rows, right: [1, 2])
    }

    private var stopLines: [String] {
        ["what can stop it:"] + stops.map { "  \($0)" }
    }

    private var detectionLines: [String] {
        guard !detections.isEmpty else { return [] }
        return ["what comparisons can find:"]
            + detections.flatMap { found in
                ["  \(found.metric) (\(found.kind)), \(found.margin):"]
                    + aligned(
                        found.atWeights.map { ["", "at \($0.weight)", $0.finds.joined(separator: ", ")] })
            }
    }

    private var freezeLines: [String] {
        guard !freezes.isEmpty else { return [] }
        let rows = freezes.map { freeze in
            let from = freeze.isInForce ? "now" : freeze.from
            let owner = freeze.owner.map { " (\($0))" } ?? ""
            return ["\(freeze.name)\(owner)", from, freeze.until ?? "it is taken out", freeze.reason]
        }
        return ["freezes:"] + aligned([["name", "from", "until", "reason"]] + rows)
    }
}

/// Rows as columns, two spaces apart and two from the edge; those in `right` stand at their right end.
private func aligned(_ rows: [[String]], right: Set<Int> = []) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
        let cells = row.enumerated().map { column, cell in
            let space = String(repeating: " ", count: widths[column] - cell.count)
            return right.contains(column) ? space + cell : cell + space
        }
        let line = "  " + cells.joined(separator: "  ")
        return String(line.reversed().drop { $0 == " " }.reversed())
    }
}
