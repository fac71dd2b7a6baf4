import Analysis
import Dispatch
import Rollouts
import Synchronization

/// Many seeds, as many at a time as the machine has processors.
package struct Campaign: Sendable {
    package var seeds: Range<UInt64>
    package var faults: Faults
    /// What a seed lives through; none: what its dice make up.
    package var rehearsal: Scenario?

    package init(seeds: Range<UInt64>, faults: Faults, rehearsal: Scenario? = nil) {
        self.seeds = seeds
        self.faults = faults
        self.rehearsal = rehearsal
    }

    /// The simulation of one seed: the same in every process.
    package func simulation(of seed: UInt64) -> Simulation {
        var dice = Dice(seed: seed)
        var scenario = rehearsal?.disturbed(&dice, faults) ?? Scenario.random(&dice, faults)
        // By the number and not by the dice, so that all other seeds stay what they were.
        if rehearsal == nil, seed % 5 == 3 { scenario.runReleases() }
        return Simulation(scenario, seed: dice.next(), faults: faults)
    }

    package func run(_ shards: Int = 64) -> Tally {
        let total = Mutex(Tally())
        DispatchQueue.concurrentPerform(iterations: shards) { shard in
            var tally = Tally()
            var seed = seeds.lowerBound + UInt64(shard)
            while seed < seeds.upperBound {
                tally.count(simulation(of: seed).run(), of: seed)
                seed += UInt64(shards)
            }
            total.withLock { $0.add(tally) }
        }
        return total.withLock { $0 }
    }

    /// What came of them.
    package struct Tally: Sendable {
        package var runs = 0
        package var started = 0
        package var completed = 0
        package var aborted = 0
        package var crashes = 0
        package var broken: [Broken] = []
        package var coverage = Coverage()
    }

    package struct Broken: Sendable {
        package let seed: UInt64
        package let violation: Violation
        package let lastLines: [String]
    }
}

extension Campaign.Tally {
    fileprivate mutating func count(_ outcome: Outcome, of seed: UInt64) {
        runs += 1
        for (_, sight) in outcome.timeline.sights { count(sight) }
        coverage.add(outcome.timeline)
        guard let violation = outcome.violations.first else { return }
        broken.append(
            Campaign.Broken(seed: seed, violation: violation, lastLines: outcome.timeline.lines(last: 25)))
    }

    private mutating func count(_ sight: Sight) {
        if case .died = sight { crashes += 1 }
        guard case .journaled(let entry, _) = sight else { return }
        switch entry.event {
        case .started: started += 1
        case .completed: completed += 1
        case .aborted: aborted += 1
        default: break
        }
    }

    fileprivate mutating func add(_ other: Campaign.Tally) {
        runs += other.runs
        started += other.started
        completed += other.completed
        aborted += other.aborted
        crashes += other.crashes
        broken = (broken + other.broken).sorted { $0.seed < $1.seed }
        coverage.add(other.coverage)
    }
}
