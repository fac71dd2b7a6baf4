/// Logarithm and exponential, which the standard library has not. Their own series, so that a verdict is worked out
/// to the same bit on every platform.

private let ln2High = 0x1.62e42fee00000p-1
private let ln2Low = 0x1.a39ef35793c76p-33

/// The natural logarithm of a positive, finite number: `2 atanh((m - 1) / (m + 1))` of its significand.
func logarithm(_ value: Double) -> Double {
    var (significand, exponent) = (value.significand, Double(value.exponent))
    if significand > 1.414_213_562_373_095 {
        significand /= 2
        exponent += 1
    }
    let s = (significand - 1) / (significand + 1)
    var (sum, term) = (0.0, s)
    for odd in stride(from: 1.0, through: 25, by: 2) {
        sum += term / odd
        term *= s * s
    }
    return exponent * ln2High + (2 * sum + exponent * ln2Low)
}

/// `e` to the power of a number, by the series of what is left after the halvings; saturated far beyond the range.
func exponential(_ number: Double) -> Double {
    let value = max(-750, min(750, number))
    let halvings = (value / (ln2High + ln2Low)).rounded()
    let rest = (value - halvings * ln2High) - halvings * ln2Low
    var (sum, term) = (1.0, 1.0)
    for n in stride(from: 1.0, through: 18, by: 1) {
        term *= rest / n
        sum += term
    }
    return Double(sign: .plus, exponent: Int(halvings), significand: sum)
}
