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
