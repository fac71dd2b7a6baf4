import Analysis
import Logging
import Rollouts

extension ControlLoop {
    /// Reads a committed batch for what is worth counting. A notice is a reading of the log; so is a number.
    func count(_ batch: Batch) {
        meter {
            $0.turns += UInt64(batch.outcomes.count)
            $0.entries += UInt64(batch.entries.count)
        }
        for (submission, outcome) in batch.outcomes {
            switch outcome {
            case .failure: meter { $0.refusals += 1 }
            case .success(let decision):
                for entry in decision.entries { count(entry, arrivedAt: submission.arrivedAt) }
            }
        }
    }

    private func count(_ entry: Entry, arrivedAt arrival: Moment) {
        log.info("\(entry.rollout) #\(entry.sequence) \(entry.who): \(entry.event.sentence)")
        switch entry.event {
        case .measured: meter { $0.measurements += 1 }
        case .routeFailed: meter { $0.routeFailures += 1 }
        case .aborted:
            meter { $0.rollbacks += 1 }
            returningSince[entry.rollout] = arrival
        case .started: returningSince[entry.rollout] = nil
        case .routed:
            meter { $0.routesApplied += 1 }
            guard let start = returningSince.removeValue(forKey: entry.rollout) else { return }
            meter { $0.verdictToApplied.observe(arrival - start) }
        default: break
        }
    }
}
