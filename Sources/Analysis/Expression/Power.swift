/// Powers, which the standard library has not. Whole exponents are multiplied out, halves are roots, and the rest
/// goes through a logarithm. Small whole powers are exact; the rounding of many factors adds up to the 14th digit.

/// `base` to the power of `exponent`, with the special cases of IEEE 754.
func power(_ base: Double, _ exponent: Double) -> Double {
    if exponent == 0 || base == 1 { return 1 }
    if base.isNaN || exponent.isNaN { return .nan }
    if exponent.isInfinite { return powerToInfinity(base.magnitude, isGrowing: exponent > 0) }
    if base == 0 || base.isInfinite { return powerOfExtreme(base, exponent) }
    let whole = exponent.magnitude.rounded(.towardZero)
    let fraction = exponent.magnitude - whole
    if fraction != 0 && base < 0 { return .nan }
    let magnitude = Scaled(base.magnitude).raised(to: whole) * Scaled(fractional(base.magnitude, fraction))
    let power = exponent < 0 ? magnitude.inverse.value : magnitude.value
    return base < 0 && isOdd(exponent) ? -power : power
}

private func powerToInfinity(_ base: Double, isGrowing: Bool) -> Double {
    if base == 1 { return 1 }
    return (base > 1) == isGrowing ? .infinity : 0
}

private func powerOfExtreme(_ base: Double, _ exponent: Double) -> Double {
    let magnitude = (base == 0) == (exponent < 0) ? Double.infinity : 0
    return base.sign == .minus && isOdd(exponent) ? -magnitude : magnitude
}

private func isOdd(_ number: Double) -> Bool {
    number.magnitude.truncatingRemainder(dividingBy: 2) == 1
}

/// A float whose exponent is kept aside, so that a product on the way can't leave the range that the end is in.
private struct Scaled {
    var significand: Double
    var exponent: Int

    init(_ value: Double) {
        significand = value.significand
        exponent = value == 0 ? 0 : Int(value.exponent)
    }

    var value: Double { Double(sign: .plus, exponent: exponent, significand: significand) }

    var inverse: Scaled {
        var inverse = Scaled(1 / significand)
        inverse.exponent -= exponent
        return inverse
    }

    static func * (left: Scaled, right: Scaled) -> Scaled {
        var product = Scaled(left.significand * right.significand)
        product.exponent += left.exponent + right.exponent
        return product
    }

    /// By squaring; beyond what 64 bits count, every power but that of 1 has left all ranges long ago.
    func raised(to whole: Double) -> Scaled {
        var left = UInt64(exactly: min(whole, 0x1p62)) ?? 0
        var (product, square) = (Scaled(1), self)
        while left > 0, square.exponent.magnitude < 1 << 20, product.exponent.magnitude < 1 << 20 {
            if left & 1 == 1 { product = product * square }
            square = square * square
            left >>= 1
        }
        return left > 0 ? product * square : product
    }
}

private func fractional(_ base: Double, _ fraction: Double) -> Double {
    if fraction == 0 { return 1 }
    if fraction == 0.5 { return base.squareRoot() }
    return exponential(fraction * logarithm(base))
}

private let ln2High = 0x1.62e42fee00000p-1
private let ln2Low = 0x1.a39ef35793c76p-33

/// The natural logarithm of a positive, finite number: `2 atanh((m - 1) / (m + 1))` of its significand.
private func logarithm(_ value: Double) -> Double {
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

/// `e` to the power of a number between -750 and 750, by the series of what is left after the halvings.
private func exponential(_ value: Double) -> Double {
    let halvings = (value / (ln2High + ln2Low)).rounded()
    let rest = (value - halvings * ln2High) - halvings * ln2Low
    var (sum, term) = (1.0, 1.0)
    for n in stride(from: 1.0, through: 18, by: 1) {
        term *= rest / n
        sum += term
    }
    return Double(sign: .plus, exponent: Int(halvings), significand: sum)
}
