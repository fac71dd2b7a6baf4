/// Where a function crosses zero, by Brent's method as R's `zeroin` has it, step by step: the statistic that is
/// inverted is a staircase, on which another method stops elsewhere. None where the function has no value.
///
/// Kayenta's absolute tolerance makes a verdict depend on the scale of a metric; it is kept, because scores shall be
/// the same.
func zero(
    from low: Double, _ atLow: Double, to high: Double, _ atHigh: Double, _ function: (Double) -> Double?
) -> Double? {
    if atLow == 0 { return low }
    if atHigh == 0 { return high }
    var search = Bracket(previous: (low, atLow), best: (high, atHigh), other: (low, atLow))
    for _ in 0..<1_001 {
        let before = search.best.x - search.previous.x
        search.arrange()
        let tolerance = 2 * Bracket.epsilon * search.best.x.magnitude + Bracket.tolerance / 2
        let half = (search.other.x - search.best.x) / 2
        if half.magnitude <= tolerance || search.best.y == 0 { return search.best.x }
        var step = search.interpolated(after: before, tolerance) ?? half
        if step.magnitude < tolerance { step = step > 0 ? tolerance : -tolerance }
        let x = search.best.x + step
        guard let y = function(x) else { return nil }
        search.move(to: (x, y))
    }
    return search.best.x
}

private struct Bracket {
    var previous: (x: Double, y: Double)
    var best: (x: Double, y: Double)
    /// On the other side of zero.
    var other: (x: Double, y: Double)

    static let tolerance = 1e-4
    static let epsilon = 0x1p-52

    /// The better end is the best one.
    mutating func arrange() {
        guard other.y.magnitude < best.y.magnitude else { return }
        previous = best
        best = other
        other = previous
    }

    mutating func move(to point: (x: Double, y: Double)) {
        previous = best
        best = point
        if point.y > 0 && other.y > 0 || point.y < 0 && other.y < 0 { other = previous }
    }

    /// A step by secant or by inverse quadratic interpolation; none where halving is safer.
    func interpolated(after before: Double, _ tolerance: Double) -> Double? {
        guard before.magnitude >= tolerance, previous.y.magnitude > best.y.magnitude else { return nil }
        let width = other.x - best.x
        var (p, q): (Double, Double)
        if previous.x == other.x {
            let ratio = best.y / previous.y
            (p, q) = (width * ratio, 1 - ratio)
        } else {
            let (r, s, t) = (previous.y / other.y, best.y / other.y, best.y / previous.y)
            p = t * (width * r * (r - s) - (best.x - previous.x) * (s - 1))
            q = (r - 1) * (s - 1) * (t - 1)
        }
        if p > 0 { q = -q } else { p = -p }
        let isInside = p < 0.75 * width * q - (tolerance * q).magnitude / 2
        return isInside && p < (before * q / 2).magnitude ? p / q : nil
    }
}
