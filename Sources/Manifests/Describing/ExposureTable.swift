import Analysis
import Rollouts

// What reaches the release, from step to step.

extension Plan {
    /// The steps after which the release gets something else than before, each with what it gets.
    private var changes: [(step: Int, exposure: Exposure)] {
        var last = exposure(through: 0)
        return steps.indices.compactMap { index in
            let next = exposure(through: index + 1)
            guard next != last else { return nil }
            last = next
            return (index, next)
        }
    }

    var exposureTable: [PlanDescription.Exposure] {
        let changes = self.changes
        let ends = changes.dropFirst().map(\.step) + [steps.count]
        let rows = zip(changes, ends).map { change, end in
            PlanDescription.Exposure(
                fromStep: change.step + 1, share: shareText(change.exposure.shares),
                rules: change.exposure.rules.map { $0.sentence(self) },
                atLeast: shortest(of: change.step..<end).text)
        }
        return isKept ? rows : rows + [lastRow]
    }

    private var lastRow: PlanDescription.Exposure {
        PlanDescription.Exposure(
            fromStep: nil, share: endShare, rules: [], atLeast: bake.map { $0.duration.text } ?? "for good")
    }

    private var endShare: String {
        steps.last == .conclude(.ask) && armCount > 1 ? "100% for the one chosen" : "100%"
    }
}

// MARK: - Writes

extension Plan {
    var writes: [PlanDescription.Write] {
        let changes = self.changes
        let climbs = changes.map { write($0.step + 1, $0.exposure) }
        if isKept { return climbs + [abortWrite] }
        let last = PlanDescription.Write(
            step: nil, release: endShare, stable: "0%", rules: [], cookie: nil)
        // Nothing is left to write where the last step gave everything.
        let there = changes.last?.exposure
        let isThere = there?.shares.first == .all && there?.rules.isEmpty == true && stickiness == nil
        return climbs + (isThere ? [] : [last])
    }

    var abortWrite: PlanDescription.Write {
        PlanDescription.Write(step: nil, release: "0%", stable: "100%", rules: [], cookie: nil)
    }

    private func write(_ step: Int?, _ exposure: Exposure) -> PlanDescription.Write {
        let left = exposure.shares.reduce(Weight.all) { $0.minus($1) }
        return PlanDescription.Write(
            step: step, release: shareText(exposure.shares), stable: left.description,
            rules: exposure.rules.map(\.name), cookie: exposure.isShareless ? nil : stickiness?.cookie)
    }
}
