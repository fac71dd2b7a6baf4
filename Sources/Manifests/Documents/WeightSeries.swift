import Rollouts

extension Shape where Output == [Step] {
    /// `{from: 5, to: 50, by: 5, every: 2m}`: each weight and a pause. The last weight is exactly `to`.
    static var linear: Shape {
        series(by: .hundredths(in: 1...10_000)) { weight, by, isUp in isUp ? weight + by : weight - by }
    }

    /// `{from: 1, to: 64, by: 2, every: 5m}`: each weight is so many times the last one, or a part of it.
    static var exponential: Shape {
        series(by: .hundredths(in: 101...1_000_000), fromMin: 1) { weight, factor, isUp in
            // A weight of a few hundredths must move too.
            isUp ? max(weight * factor / 100, weight + 1) : min(weight * 100 / factor, weight - 1)
        }
    }

    /// Works in hundredths of a percent, so that no weight comes out as 12.499999.
    private static func series(
        by shape: Shape<Int>, fromMin: Int = 0,
        next: @escaping (_ weight: Int, _ by: Int, _ isUp: Bool) -> Int
    ) -> Shape {
        .object { fields in
            let from = fields.required("from", .hundredths(in: fromMin...10_000))
            let to = fields.required("to", .hundredths(in: 0...10_000))
            let by = fields.required("by", shape)
            let every = fields.required("every", .positiveSpan)
            guard let from, let to, let by, let every else { return nil }
            let weights = weights(from: from, to: to) { next($0, by, to > from) }
            guard weights.count <= weightsMax else {
                fields.field.refuse("comes to more than \(weightsMax) weights; take larger steps")
                return nil
            }
            return weights.compactMap(Weight.init(hundredthsOfPercent:))
                .flatMap { [.setWeight($0), .pause(every)] }
        }
    }

    private static var weightsMax: Int { 100 }

    /// One more than the limit where there are too many.
    private static func weights(from: Int, to: Int, next: (Int) -> Int) -> [Int] {
        var weights = [from]
        while let last = weights.last, last != to, weights.count <= weightsMax {
            let following = next(last)
            weights.append(to > from ? min(following, to) : max(following, to))
        }
        return weights
    }
}
