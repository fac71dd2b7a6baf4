package import Rollouts

extension Campaign.Tally {
    /// The counts, for people.
    package func sentence(after time: Duration) -> String {
        let seconds = max(time / .seconds(1), 0.001)
        return
            "\(runs) runs with \(started) starts: \(completed) completed, \(aborted) taken back, \(crashes) crashes; "
            + "\(coverage.count) pairs of stage and event; \(broken.count) violated laws; "
            + "\(Int(Double(started) / seconds)) rollouts per second"
    }
}

extension Rollout {
    /// Where it stands, in one line.
    package var standing: String {
        let name = stable.map { "\($0.name) in place \($0.place)" } ?? "nothing"
        let release = flight.map { ", \($0.release.name) at step \($0.step + 1) (\(stageName))" } ?? ""
        let reason = hold.map { ", held by \($0.words)" } ?? ""
        return "\(self.name): stable is \(name)\(release)\(reason)"
    }
}

extension Hold {
    fileprivate var words: String {
        switch self {
        case .command(let who): who
        case .manifest(let source): source
        case .freeze(let freeze): freeze.sentence
        case .outage(let text): "an outage: \(text)"
        case .noData(let text): "no data: \(text)"
        case .slo(let text): "an objective: \(text)"
        case .instances(let text): "the instances: \(text ?? "they are not ready yet")"
        case .route(let text): "the route: \(text ?? "it is not applied yet")"
        }
    }
}
