/// Whether a mean of the canary (CPU per request, time in a queue) is higher than the margin allows.
///
/// The differences of one interval after the other are paired, so that what both arms live through is taken out, and
/// put together to batches, because neighbours are alike. It holds for many batches only: a finding is a question to a
/// person, never a verdict against a release.
package struct MeanTest: Hashable, Codable, Sendable {
    private var sum = 0.0
    private var squares = 0.0
    private var batches = 0
    private var open = 0.0
    private var taken = 0

    /// How many intervals make a batch.
    package static let batchSize = 20
    private static let burnIn = 8

    package init() {}

    /// One interval: the canary's mean less what the stable one and the margin allow.
    package mutating func take(_ difference: Double, batchSize: Int = MeanTest.batchSize) {
        open += difference
        taken += 1
        guard taken >= batchSize else { return }
        let batch = open / Double(taken)
        (open, taken) = (0, 0)
        batches += 1
        sum += batch
        squares += batch * batch
    }

    /// ln E by Robbins' one-sided normal mixture with the variance plugged in. `planned`: how many batches there are
    /// to be; the test is sharpest in their middle.
    package func logEvidence(alpha: Double, planned: Double) -> Double {
        guard batches >= Self.burnIn else { return 0 }
        let count = Double(batches)
        let variance = (squares - sum * sum / count) / (count - 1)
        guard variance > 0 else { return 0 }
        let score = sum / variance.squareRoot()
        guard score > 0 else { return 0 }
        let level = 2 * logarithm(1 / (2 * alpha))
        let tuning = max(planned / 2, 1) / (level + logarithm(1 + level))
        let time = count + tuning
        return 0.5 * logarithm(4 * tuning / time) + score * score / (2 * time)
            + Normal.logCumulative(score / time.squareRoot())
    }

    package func isExceeded(alpha: Double, planned: Double) -> Bool {
        logEvidence(alpha: alpha, planned: planned) >= logarithm(1 / alpha)
    }
}
