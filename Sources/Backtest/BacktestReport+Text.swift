import Analysis

extension BacktestReport {
    /// For a terminal.
    package var text: String {
        let parts = [
            head, goodLines, badLines, list("what to know, and what to change", advice), demandLines,
        ]
        return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private var head: [String] {
        let range = Duration.seconds(Int64(rangeSeconds))
        var lines = [
            "\(template), judged by the \(rules.rawValue) rules over \(dayText(range)): \(from) to \(until)",
            "\(windows) rollouts of \(timeText(durationSeconds)), as telling as "
                + "\(Int(effectiveWindows.rounded())) without an overlap; the canary has "
                + percentage(weight)
                + (traffic.map {
                    ", \(figure($0.median)) requests/s (\(figure($0.low)) to \(figure($0.high)))"
                } ?? ""),
        ]
        if excluded + deployed > 0 {
            lines.append("left out: \(deployed) with a release of their own, \(excluded) excluded")
        }
        return lines + unplayed.map { "not played: metric \($0.metric) \($0.reason)" }
    }

    private var goodLines: [String] {
        var lines = [
            "a good release",
            "  is taken back       \(bar(good.takenBack.share))  \(good.takenBack.text)",
            "  a person is asked   \(bar(good.asked.share))  \(good.asked.text)",
        ]
        guard good.takenBack.count > 0 else { return lines }
        lines.append(
            "  because of          " + good.causes.map { "\($0.metric) \($0.count)" }.joined(separator: ", "))
        lines.append("  by hour (UTC)       0 \(hourPlot) 23")
        return lines
            + good.examples.map { "  \($0.start)  \($0.metric)  \($0.message)" }
    }

    private var hourPlot: String {
        let shares = good.hours.map { $0.of > 0 ? $0.share : nil }
        let most = shares.compactMap(\.self).max() ?? 0
        let blocks = Array("▁▂▃▄▅▆▇█")
        return String(
            shares.map { share in
                guard let share else { return " " }
                return blocks[most > 0 ? Int((share / most * 7).rounded()) : 0]
            })
    }

    private var badLines: [String] {
        guard !bad.isEmpty else {
            return ["a bad release: no metric tells what would be worse, so none could be made up"]
        }
        let header = ["  metric", "worse by", "is taken back", "", "asked", "after", "95 % after", "failed"]
        let rows = bad.map { one in
            [
                "  \(one.metric)", one.effect, bar(one.takenBack.share), one.takenBack.text,
                percentText(one.asked.share), one.medianSeconds.map(timeText) ?? "–",
                one.lateSeconds.map(timeText) ?? "–", one.medianFailed.map(figure) ?? "–",
            ]
        }
        return ["a bad release, from its turn for the worse on"] + columns([header] + rows)
    }

    private var demandLines: [String] {
        list("what was demanded", demands.map { "\($0.isMet ? "✔" : "✘") \($0.name): \($0.text)" })
    }

    private func list(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : [title] + lines.map { "  \($0)" }
    }
}

extension Estimate {
    /// `12 % [8, 17]`
    package var text: String {
        "\(percentText(share)) [\(figure(low * 100)), \(figure(high * 100))]"
    }
}

func percentText(_ share: Double) -> String { share == 0 ? "0 %" : percentage(share) }

/// `90s`, `14m`, `1h30m`.
func timeText(_ seconds: Double) -> String {
    let whole = Int64(seconds.rounded())
    return Duration.seconds(whole > 120 ? (whole + 30) / 60 * 60 : whole).text
}

private func dayText(_ span: Duration) -> String {
    let days = span / .seconds(86_400)
    return days >= 2 ? "\(short((days * 10).rounded() / 10))d" : span.text
}

private func bar(_ share: Double) -> String {
    let filled = Int((share * 12).rounded(share > 0 && share < 0.5 ? .up : .down))
    return String(repeating: "█", count: filled) + String(repeating: "░", count: max(0, 12 - filled))
}

private func columns(_ rows: [[String]]) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { cells in
        var line = zip(cells, widths).map { cell, width in
            cell + String(repeating: " ", count: width - cell.count)
        }.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }
}
