import Analysis
import Testing

/// The limits of a metric, against Argo Rollouts' own expectations and against the safe rules.
///
/// A sequence is one letter a measurement: S good, F bad, I undecided, E an outage, N no data.
@Suite struct TallyTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let sequence: String
        let verdict: Verdict?
        var count: Int?
        var failureLimit: Int? = 0
        var inconclusiveLimit = 0
        var consecutiveSuccessLimit: Int?
        var judgement = Judgement.argo

        var testDescription: String {
            "\(judgement) \(sequence) count=\(count ?? 0) failureLimit=\(failureLimit ?? -1)"
                + " consecutiveSuccessLimit=\(consecutiveSuccessLimit ?? 0)"
        }

        var metric: Metric {
            Metric(
                name: "m", query: Query(provider: "prometheus", text: "q"), interval: .seconds(60),
                count: count,
                failureLimit: failureLimit, inconclusiveLimit: inconclusiveLimit,
                consecutiveSuccessLimit: consecutiveSuccessLimit)
        }
    }

    private static let argo: [Case] = [
        Case(sequence: "FFF", verdict: .failed, failureLimit: 2),
        Case(sequence: "FFF", verdict: nil, failureLimit: 3),
        Case(sequence: "III", verdict: .inconclusive, inconclusiveLimit: 2),
        Case(sequence: "III", verdict: nil, inconclusiveLimit: 3),
        Case(sequence: "EEEEE", verdict: .error),
        Case(sequence: "EEEE", verdict: nil),
        Case(sequence: "EEEESEEEE", verdict: nil),
        Case(sequence: "SSSSSSSSSS", verdict: .successful, count: 10),
        Case(sequence: "SSSSSI", verdict: .inconclusive, count: 10),
        Case(sequence: "SFFFSSS", verdict: .successful, failureLimit: nil, consecutiveSuccessLimit: 3),
        Case(sequence: "SFFFSSS", verdict: nil, failureLimit: nil, consecutiveSuccessLimit: 5),
        Case(sequence: "SFFFSSS", verdict: .failed, count: 7, failureLimit: nil, consecutiveSuccessLimit: 5),
        Case(
            sequence: "SFFFSSS", verdict: .successful, count: 7, failureLimit: nil, consecutiveSuccessLimit: 3
        ),
        Case(
            sequence: "SFFFSSS", verdict: .successful, count: 9, failureLimit: nil, consecutiveSuccessLimit: 3
        ),
        Case(sequence: "SFFFSSS", verdict: nil, count: 9, failureLimit: nil, consecutiveSuccessLimit: 5),
        Case(sequence: "SFFFSSS", verdict: nil, failureLimit: 4, consecutiveSuccessLimit: 4),
        Case(sequence: "SSSFSFFFF", verdict: .failed, failureLimit: 4, consecutiveSuccessLimit: 4),
        Case(sequence: "FFFSSSS", verdict: .successful, failureLimit: 4, consecutiveSuccessLimit: 4),
        Case(sequence: "FFFFF", verdict: .failed, failureLimit: 4, consecutiveSuccessLimit: 4),
        Case(
            sequence: "SSSFFFFSSS", verdict: .inconclusive, count: 10, failureLimit: 4,
            consecutiveSuccessLimit: 4),
        Case(
            sequence: "SSFFFFFSSS", verdict: .failed, count: 10, failureLimit: 4, consecutiveSuccessLimit: 4),
        Case(
            sequence: "SSFFFFSSSS", verdict: .successful, count: 10, failureLimit: 4,
            consecutiveSuccessLimit: 4),
        Case(sequence: "SSFFFSSS", verdict: nil, count: 10, failureLimit: 4, consecutiveSuccessLimit: 4),
        // The trap: the count is reached without one good measurement, and that is called good.
        Case(sequence: "FFF", verdict: .successful, count: 3, failureLimit: 3),
    ]

    private static let safe: [Case] = [
        Case(sequence: "FFF", verdict: .failed, failureLimit: 2, judgement: .safe),
        Case(sequence: "SSSSS", verdict: .successful, count: 5, judgement: .safe),
        // An outage counts towards nothing, however long it lasts.
        Case(sequence: "EEEEEEEEEEEEEEEEEEEE", verdict: nil, judgement: .safe),
        Case(sequence: "EEEEEEEES", verdict: .successful, count: 1, judgement: .safe),
        // No data, again and again: a person is asked.
        Case(sequence: "NNNN", verdict: nil, judgement: .safe),
        Case(sequence: "NNNNN", verdict: .inconclusive, judgement: .safe),
        // Nothing proved it good.
        Case(sequence: "FFF", verdict: .inconclusive, count: 3, failureLimit: 3, judgement: .safe),
    ]

    @Test(arguments: argo + safe) func settlesAsExpected(_ given: Case) {
        var tally = Tally()
        for letter in given.sequence {
            tally.count(.named(letter), of: given.metric, by: given.judgement)
        }
        #expect(tally.verdict == given.verdict)
    }

    @Test func aVerdictIsNeverTakenBack() {
        var tally = Tally()
        let metric = Case(sequence: "", verdict: nil).metric
        for letter in "FSSSSSS" { tally.count(.named(letter), of: metric, by: .safe) }
        #expect(tally.verdict == .failed)
    }

    @Test func onlyTheNewestMeasurementsAreKeptAndAllAreCounted() {
        var tally = Tally()
        let metric = Case(sequence: "", verdict: nil).metric
        for _ in 0..<25 { tally.count(.named("S"), of: metric, by: .safe) }
        #expect(tally.recent.count == Tally.recentMax)
        #expect(tally.successful == 25)
    }
}

extension Measurement {
    fileprivate static func named(_ letter: Character) -> Measurement {
        let now = Moment(microseconds: 0)
        func made(_ phase: Phase, _ trouble: Trouble? = nil) -> Measurement {
            Measurement(phase: phase, trouble: trouble, startedAt: now, finishedAt: now)
        }
        switch letter {
        case "S": return made(.successful)
        case "F": return made(.failed)
        case "I": return made(.inconclusive)
        case "E": return made(.error, .outage)
        default: return made(.error, .noData)
        }
    }
}
