extension BacktestReport {
    /// A test for each demand, as servers of continuous integration read them. What could not be played was skipped.
    package var junit: String {
        let cases = demands.map(\.junit) + unplayed.map { $0.junit }
        let failures = demands.count { !$0.isMet }
        let counts = "tests=\"\(cases.count)\" failures=\"\(failures)\" skipped=\"\(unplayed.count)\""
        let lines =
            ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites \(counts)>"]
            + ["  <testsuite name=\"backtest \(template.escaped)\" \(counts)>"] + cases
            + ["    <system-out>\(text.escaped)</system-out>", "  </testsuite>", "</testsuites>"]
        return lines.joined(separator: "\n") + "\n"
    }
}

extension DemandResult {
    fileprivate var junit: String {
        let open = "    <testcase classname=\"backtest\" name=\"\(name.escaped)\""
        return isMet ? open + "/>" : open + "><failure message=\"\(text.escaped)\"/></testcase>"
    }
}

extension BacktestReport.Unplayed {
    fileprivate var junit: String {
        "    <testcase classname=\"backtest\" name=\"metric \(metric.escaped)\">"
            + "<skipped message=\"\(reason.escaped)\"/></testcase>"
    }
}

extension String {
    /// As XML has it; what XML can't have at all is left out.
    fileprivate var escaped: String {
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "\n", "\t": text.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value): break
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
