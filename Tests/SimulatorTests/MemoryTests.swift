import Analysis
import Testing

@testable import Simulator

/// A hundred thousand worlds come and go in one process.
@Suite struct MemoryTests {
    @Test(arguments: [Faults.none, .some, .many]) func nothingIsLeftOfAWorld(_ faults: Faults) {
        for seed in UInt64(1)...25 {
            weak var left: World?
            do {
                let simulation = Campaign(seeds: 1..<2, faults: faults).simulation(of: seed)
                let world = World(
                    simulation.scenario, faults: faults, sabotage: nil, seed: simulation.seed, crashAt: nil)
                world.liveThrough()
                left = world
            }
            #expect(left == nil, "seed \(seed): the world is still held by something")
        }
    }
}
