import Simulator
import Testing

/// The laws notice when the controller is made worse: each thing that makes it safe is taken out, and the
/// laws that rest on it fail.
@Suite struct TeethTests {
    @Test(arguments: [
        (Sabotage.noFence, "fence"),
        (.answerBeforeRecording, "replay"),
        (.noRollbackLane, "rollback lane"),
    ])
    func withoutItALawFails(_ sabotage: Sabotage, _ law: String) {
        let campaign = Campaign(seeds: 1..<2, faults: .many)
        let laws = (UInt64(1)...150).lazy.compactMap { seed -> String? in
            var simulation = campaign.simulation(of: seed)
            simulation.sabotage = sabotage
            return simulation.run().violations.first?.law
        }
        #expect(laws.contains(law), "\(sabotage) goes unnoticed")
    }
}
