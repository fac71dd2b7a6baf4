import Foundation
import Manifests
import Rollouts
import Simulator
import Testing

/// What users copy is read, described and lived through: in peace it comes to its end, in trouble it violates no law.
@Suite struct ExampleTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    private static let examples = ManifestSet.load(paths: ["rollouts", "analysis-templates"], root: root)

    @Test func everyExampleIsLivedThrough() {
        #expect(Self.examples.errors == [])
        #expect(Self.examples.declarations.count >= 8)
        for declaration in Self.examples.declarations {
            #expect(!describe(declaration).writes.isEmpty, "\(declaration.name)")
            let scenario = Scenario.rehearsal(of: declaration)
            for (faults, seeds) in [(Faults.none, 1..<2), (.many, 2..<3)]
                as [(Faults, Range<UInt64>)]
            {
                let tally = Campaign(seeds: seeds, faults: faults, rehearsal: scenario).run()
                for broken in tally.broken {
                    Issue.record("\(declaration.name): seed \(broken.seed): \(broken.violation.text)")
                }
                #expect(tally.runs == seeds.count && tally.started > 0, "\(declaration.name)")
            }
        }
    }
}
