import Rollouts

/// Which weights a split gets, item by item: what means the same stays as it is, and what is put back is spelled as
/// it was found.
struct SplitWeights {
    /// The backend of each item; none where it is nobody's of ours.
    let backends: [Int?]
    let present: [Int?]
    /// What was found when nothing of ours was there yet, and is to come back at rest; none where it is not.
    let before: [Int?]?

    func weights(for wanted: NamedRoute) -> [Int?] {
        if let before, wanted.isAtRest, mean(before, wanted) { return before }
        if mean(present, wanted) { return present }
        let units = Units.of(wanted.shares)
        return zip(backends, present).map { backend, present in backend.map { units[$0] } ?? present }
    }

    private func mean(_ weights: [Int?], _ wanted: NamedRoute) -> Bool {
        let units = wanted.shares.indices.map { backend in
            backends.firstIndex(of: backend).flatMap { weights.indices.contains($0) ? weights[$0] : nil } ?? 0
        }
        return weights.count == backends.count && Units.mean(units, wanted.shares)
    }
}
