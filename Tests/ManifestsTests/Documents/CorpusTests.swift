import Analysis
import Foundation
import Manifests
import Rollouts
import Testing

/// Every document of Argo Rollouts' own examples and end-to-end tests that we keep a copy of: what it comes to, or
/// by what name it is refused.
struct CorpusTests {
    enum Outcome: Sendable {
        case lowers([Step])
        /// Refused with an error that says this.
        case refused([String])
        case declaresNothing
    }

    static let outcomes: [(file: String, outcome: Outcome)] = [
        ("analysis-templates.yaml", .declaresNothing),
        ("cluster-analysis-templates.yaml", .declaresNothing),
        (
            "functional_analysistemplate-web-background-inconclusive.yaml",
            .refused(["`web` is not supported yet"])
        ),
        ("functional_analysistemplate-web-background.yaml", .refused(["`web` is not supported yet"])),
        ("functional_canary-scaledowndelay.yaml", .refused(["`alb` is not supported yet"])),
        ("functional_rollout-basic.yaml", .lowers([.setWeight(.percent(50)), .pause(nil)])),
        ("functional_rollout-bluegreen.yaml", .lowers([.setWeight(.all)])),
        (
            "functional_rollout-inline-analysis.yaml",
            .refused([
                "steps[1].analysis.templates[0].templateName: unknown AnalysisTemplate \"sleep-job\"",
                "steps[3].analysis.templates[0].templateName: unknown AnalysisTemplate \"sleep-job\"",
                "steps[4].analysis.templates[0].templateName: unknown AnalysisTemplate \"sleep-job\"",
            ])
        ),
        (
            "functional_rollout-rollback-window.yaml",
            .refused(["unknown AnalysisTemplate \"sleep-job\""])
        ),
        ("istio_istio-host-split.yaml", .lowers([.setWeight(.percent(10)), .pause(nil)])),
        ("istio_istio-subset-split.yaml", .lowers([.setWeight(.percent(10)), .pause(nil)])),
        (
            "rollout-analysis-step.yaml",
            .refused([
                "unknown AnalysisTemplate \"random-fail\"", "unknown ClusterAnalysisTemplate \"always-pass\"",
            ])
        ),
        ("rollout-background-analysis.yaml", .refused(["unknown AnalysisTemplate \"random-fail\""])),
        ("rollout-bluegreen.yaml", .lowers([.pause(nil), .setWeight(.all)])),
        (
            "rollout-canary.yaml",
            .lowers([
                .setWeight(.percent(20)), .pause(nil), .setWeight(.percent(40)), .pause(.seconds(40)),
                .setWeight(.percent(60)), .pause(.seconds(20)), .setWeight(.percent(80)),
                .pause(.seconds(20)),
            ])
        ),
        ("rollout-template-ref.yaml", .lowers([.setWeight(.percent(20)), .pause(.seconds(10))])),
        (
            "rejected/malformed-analysistemplate.yaml",
            .refused([
                ":18:29: spec.metrics[0].provider.job.spec.template.spec.containers[0].resources.requests.memory: "
                    + "\"invalid\" is no quantity"
            ])
        ),
        (
            "rejected/malformed-rollout.yaml",
            .refused([
                ":19:21: spec.template.spec.containers[0].resources.requests.memory: \"invalid\" is no quantity"
            ])
        ),
    ]

    @Test(arguments: outcomes.map(\.file))
    func aDocumentOfArgoLowersOrIsRefusedByName(file: String) throws {
        let outcome = try #require(Self.outcomes.first { $0.file == file }).outcome
        let set = ManifestSet.load(paths: [file], root: try corpus())
        let errors = set.errors.map(\.description)
        switch outcome {
        case .lowers(let steps):
            #expect(errors == [])
            #expect(set.declarations.map(\.plan.steps) == [steps])
            #expect(set.declarations.map(\.plan.judgement) == [.argo])
            #expect(set.declarations.map(\.source) == [file])
        case .refused(let names):
            #expect(set.declarations.isEmpty)
            for name in names { #expect(errors.contains { $0.contains(name) }, "\(errors)") }
            #expect(errors.allSatisfy { $0.hasPrefix("\(file):") })
        case .declaresNothing: #expect(errors == [] && set.declarations.isEmpty)
        }
    }

    @Test func theTableNamesEveryFileOfTheCorpus() throws {
        let folder = try corpus()
        let found = try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".yaml")
        }
        #expect(found.sorted() == Self.outcomes.map(\.file).sorted())
    }

    /// What refers to a template that is there and refused is told so.
    @Test func aRolloutWhoseTemplateIsRefusedSaysSo() throws {
        let files = ["rollout-background-analysis.yaml", "analysis-templates.yaml"]
        let texts = try files.map { file in
            try String(contentsOfFile: "\(try corpus())/\(file)", encoding: .utf8)
                .replacing("job:", with: "web:")
        }
        let set = ManifestSet.load(
            zip(files, texts).map { ManifestFile(path: $0, bytes: Array($1.utf8)) })
        let error =
            "spec.strategy.canary.analysis.templates[0].templateName: "
            + "AnalysisTemplate \"random-fail\" has errors; see analysis-templates.yaml"
        #expect(set.errors.contains { $0.file == files[0] && "\($0)".hasSuffix(error) }, "\(set.errors)")
    }

    @Test func theWholeFolderAtOnceFindsWhatItRefersTo() throws {
        let set = ManifestSet.load(paths: ["."], root: try corpus())
        #expect(
            set.declarations.map(\.name.text) == [
                "basic", "bluegreen", "istio-host-split", "istio-subset-split", "rollout-analysis-step",
                "rollout-background-analysis", "rollout-bluegreen", "rollout-canary",
                "rollout-ref-deployment",
            ])
    }

    private func corpus() throws -> String {
        let folder = try #require(Bundle.module.url(forResource: "Corpus", withExtension: nil))
        return folder.appending(path: "argo-rollouts").path
    }
}

extension Weight {
    static func percent(_ percent: Int) -> Weight {
        guard let weight = Weight(percent: percent) else {
            preconditionFailure("\(percent) is no percentage")
        }
        return weight
    }
}
