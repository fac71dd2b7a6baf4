import Analysis
import Simulator

/// What a template would have done: to good releases, of which there were as many as nobody released anything, and to bad
/// ones, which are made of them.
package struct Playback: Sendable {
    let subject: Subject
    let history: History
    let windows: Windows
    /// Beside the metrics that are played.
    let sources: [Source]
    let metrics: [Metric]
    let unplayed: [BacktestReport.Unplayed]

    package init(_ subject: Subject, _ history: History) throws(Complaint) {
        self.subject = subject
        self.history = history
        var (metrics, sources, unplayed): ([Metric], [Source], [BacktestReport.Unplayed]) = ([], [], [])
        for metric in subject.metrics {
            do throws(Complaint) {
                sources.append(try Source(metric, subject, history))
                metrics.append(metric)
            } catch {
                unplayed.append(.init(metric: metric.name, reason: error.description))
            }
        }
        (self.metrics, self.sources, self.unplayed) = (metrics, sources, unplayed)
        windows = Windows(subject, history)
        try check()
    }

    private func check() throws(Complaint) {
        if metrics.isEmpty {
            let reasons = unplayed.map { "metric \($0.metric) \($0.reason)" }
            throw Complaint("nothing can be played: " + reasons.joined(separator: "; "))
        }
        guard metrics.contains(where: { !$0.isDryRun }) else {
            throw Complaint("all metrics that can be played are dry runs, which decide nothing")
        }
        guard history.span >= subject.duration else {
            throw Complaint(
                "the history spans \(history.span.text), which is less than one rollout of "
                    + "\(subject.duration.text); give it a longer --range or a shorter --duration")
        }
        for metric in metrics where subject.duration / metric.step > Double(Subject.looksMax) {
            throw Complaint(
                "metric \(metric.name) looks every \(metric.step.text), more than \(Subject.looksMax) times in "
                    + "\(subject.duration.text); give it a shorter --duration")
        }
        if let traffic = subject.traffic {
            guard let known = history.numbers.first(where: { $0.query == traffic }) else {
                throw Complaint("the query of --traffic \(Complaint.unknown)")
            }
            guard !known.finite.isEmpty else { throw Complaint("the query of --traffic \(Complaint.empty)") }
        }
        guard !windows.all.isEmpty else {
            throw Complaint(
                "no window is left: \(windows.excluded) are excluded and \(windows.deployed) have a release of their "
                    + "own in them; give it a longer --range")
        }
    }

    /// One of the things that are tried on all windows.
    struct Trial: Hashable {
        let metric: Int
        let effect: Effect
    }

    /// Each metric that counts is made worse by itself: what is wrong with a release hardly shows in all of them.
    func trials(_ demanded: [Effect] = []) -> [Trial] {
        metrics.indices.filter { !metrics[$0].isDryRun }.flatMap { index in
            let usual = subject.effects ?? sources[index].effects
            return (usual + demanded.filter { !usual.contains($0) }).filter(sources[index].takes)
                .map { Trial(metric: index, effect: $0) }
        }
    }

    struct Played {
        let window: Window
        let onset: Moment
        let outcome: Replay.Outcome
    }

    /// - Parameter metrics: as they are, or changed for once.
    func play(
        _ trial: Trial?, with metrics: [Metric]? = nil, progress: () -> Void = {}
    ) -> [Played] {
        let metrics = metrics ?? self.metrics
        let replay = Replay(metrics, subject.judgement)
        return windows.all.map { window in
            // The same for a window whatever is tried in it: so trials differ by what is tried alone.
            var dice = Dice(seed: subject.seed &+ UInt64(bitPattern: window.start.microseconds))
            let onset = window.start + dice.duration(.zero, subject.duration / 2)
            let turn = trial.map { Turn(effect: $0.effect, onset: onset) }
            let tapes = metrics.indices.map { index in
                sources[index].tape(
                    of: metrics[index], window, turn: trial?.metric == index ? turn : nil, &dice)
            }
            progress()
            return Played(window: window, onset: onset, outcome: replay.outcome(of: window, tapes))
        }
    }

    /// Plays everything.
    ///
    /// - Parameter progress: hears how much of it is done.
    package func report(_ demands: [Demand] = [], _ progress: (Double) -> Void = { _ in }) -> BacktestReport {
        let trials = self.trials(demands.compactMap(\.effect))
        let total = Double(windows.all.count * (trials.count + 1))
        var done = 0.0
        func step() {
            done += 1
            progress(done / total)
        }
        let good = play(nil, progress: step)
        let bad = trials.map { ($0, play($0, progress: step)) }
        return BacktestReport(self, good: good, bad: bad, demands)
    }
}
