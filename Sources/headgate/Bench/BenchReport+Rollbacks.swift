extension BenchReport {
    /// Each since the bad number.
    struct Rollbacks: Encodable {
        let mesh: String
        /// The verdict is in the journal, and the rollback is on its way.
        let verdict: Spread
        /// The mesh's interface has it.
        let stored: Spread
        /// The router takes it as proved; see the mesh's document for what that is.
        let applied: Spread
        /// The last answer of the bad release.
        let observed: Spread
        let requests: Int
        /// Also by what moves the traffic: there should be none.
        let failedRequests: Int

        init(_ mesh: BenchMesh, _ laps: [RollbackWatch.Lap], _ counts: (requests: Int, failures: Int)) {
            self.mesh = mesh.rawValue
            verdict = Spread(laps.map(\.verdict))
            stored = Spread(laps.map(\.stored))
            applied = Spread(laps.map(\.applied))
            observed = Spread(laps.map(\.observed))
            (requests, failedRequests) = counts
        }
    }

    /// Median and 99th percentile, a line for each mesh.
    static func table(of rows: [Rollbacks]) -> String {
        let head = ["ms since the bad number", "verdict", "stored", "applied", "last request", "failed"]
        let lines = rows.map { row in
            [row.mesh] + [row.verdict, row.stored, row.applied, row.observed].map(\.short)
                + ["\(row.failedRequests) of \(row.requests)"]
        }
        return ([head] + lines).map { cells in
            cells.enumerated().map { $1.padded(to: $0 == 0 ? 25 : 21) }.joined()
        }.joined(separator: "\n")
    }
}

extension BenchReport.Spread {
    /// `2.1 (p99 4.5)`
    fileprivate var short: String { "\(medianMs) (p99 \(p99Ms))" }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
