import Analysis
import Foundation
import Testing

/// Kayenta's own test cases.
@Suite struct KayentaTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let tol: Double
        let conf: Double
        let direction: String
        let critical: Bool
        let control: [Double]
        let experiment: [Double]
        let want: String
        let want_critical: Bool
        let eff: [Double]?
        let crit: [Double]?
        let measure: String?
        let nan: String?

        var testDescription: String { name }

        var judge: KayentaJudge {
            var judge = KayentaJudge()
            judge.direction = KayentaJudge.Direction(rawValue: direction) ?? .either
            judge.nanStrategy = nan.flatMap(KayentaJudge.NaNStrategy.init) ?? .remove
            judge.measure = measure.flatMap(KayentaJudge.Measure.init) ?? .meanRatio
            judge.isCritical = critical
            judge.allowed = eff.map { .init(decrease: $0[0], increase: $0[1]) }
            judge.critical = crit.map { .init(decrease: $0[0], increase: $0[1]) }
            (judge.tolerance, judge.confidence) = (tol, conf)
            return judge
        }
    }

    static func cases() throws -> [Case] {
        let file = try #require(
            Bundle.module.url(
                forResource: "kayenta_classifier_vectors", withExtension: "json", subdirectory: "Vectors"))
        return try JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
    }

    @Test func everyCaseOfTheClassifierAgrees() throws {
        let cases = try Self.cases()
        #expect(cases.count == 33)
        for story in cases {
            let finding = story.judge.classify(experiment: story.experiment, control: story.control)
            #expect(finding.label.rawValue == story.want, "\(story.name)")
            #expect(finding.isCritical == story.want_critical, "\(story.name)")
        }
    }

    @Test func theIntervalIsThatOfTheRankSum() throws {
        let interval = try #require(MannWhitney([10, 20, 30, 40], [1, 2, 3, 4], confidence: 0.95))
        #expect(abs(interval.low - 6) < 1e-3 && abs(interval.high - 39) < 1e-3, "\(interval)")
        #expect(abs(interval.estimate - 22.5) < 1e-3, "\(interval)")
    }

    /// The tolerance of the root finder is absolute: what is tiny passes. Kayenta does the same.
    @Test func theVerdictDependsOnTheScaleOfTheMetric() throws {
        let experiment = [0.0021, 0.0018, 0.0024, 0.0019, 0.0022, 0.002, 0.0023, 0.0017, 0.0025, 0.0021]
        let control = [0.001, 0.0012, 0.0009, 0.0011, 0.001, 0.0008, 0.0013, 0.001, 0.0011, 0.0009]
        var judge = KayentaJudge()
        judge.direction = .increase
        let small = (experiment.map { $0 / 50 }, control.map { $0 / 50 })
        #expect(judge.classify(experiment: experiment, control: control).label == .high)
        #expect(judge.classify(experiment: small.0, control: small.1).label == .pass)
        let back = (small.0.map { $0 * 100 }, small.1.map { $0 * 100 })
        #expect(judge.classify(experiment: back.0, control: back.1).label == .high)
        let interval = try #require(MannWhitney(small.0, small.1, confidence: 0.98))
        #expect(isNear(interval.low, 8.0e-6, 0.01) && isNear(interval.high, 3.4e-5, 0.01), "\(interval)")
    }

    @Test func outliersLieBeyondTheFences() {
        let values = [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]
        #expect(isNear(values.percentile(0.05), 0.175) && isNear(values.percentile(0.5), 1.75))
        let long = Array(repeating: 10.0, count: 200) + [11, 12, 13] + [500]
        // The quartiles are alike, so that the fence is the 99th percentile: between 11 and 12.
        #expect(long.withoutOutliers(factor: 3).max() == 11)
    }

    @Test func theScoreIsTheShareOfGoodMetrics() {
        typealias Item = KayentaScore.Item
        func items(_ text: String) -> [Item] {
            text.split(separator: "|").enumerated().flatMap { group, labels in
                labels.split(separator: ",").map { label in
                    let kind: KayentaJudge.Label =
                        switch label.first {
                        case "P": .pass
                        case "H": .high
                        case "L": .low
                        default: .noData
                        }
                    let isCritical = label.hasSuffix("!")
                    return Item(.init(kind, isCritical: isCritical), groups: ["group\(group)"])
                }
            }
        }
        func score(_ text: String, _ weights: [Double] = []) -> Double {
            let named = Dictionary(
                uniqueKeysWithValues: weights.enumerated().map { ("group\($0.offset)", $0.element) })
            return KayentaScore(items(text), weights: named).value
        }
        #expect(score("P") == 100 && score("H") == 0 && score("N") == 0)
        #expect(score("P,P|N") == 100)
        #expect(score("P,H") == 50)
        #expect(score("P,H,L") == 33.33)
        #expect(score("P,P|H", [75, 25]) == 75)
        #expect(score("P,H|H", [50, 50]) == 25)
        #expect(score("P,N|H", [50, 50]) == 50)
        #expect(score("P,H!") == 0 && score("P,N!") == 0)
        #expect(score("H,L,P|H", [15, 85]) == 5)
    }
}
