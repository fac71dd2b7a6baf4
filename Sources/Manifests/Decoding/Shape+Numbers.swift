extension Shape where Output == Int {
    /// A whole number.
    package static var int: Shape { int(in: .min ... .max) }

    /// A whole number within a range.
    package static func int(in range: ClosedRange<Int>) -> Shape {
        Shape(noting: .whole(range)) { field in
            guard let value = wholeNumber(field) else { return nil }
            return within(range, value, field) { "\($0)" }
        }
    }

    /// A decimal number as exact hundredths: `12.5` is 1250. The range is in hundredths too.
    ///
    /// Exact, because a weight that goes through a `Double` may come back as 12.499999.
    package static func hundredths(in range: ClosedRange<Int>) -> Shape {
        Shape(noting: .hundredths(range)) { field in
            guard let value = hundredthsOf(field) else { return nil }
            return within(range, value, field, show: decimal(hundredths:))
        }
    }
}

extension Shape where Output == Double {
    /// A number that is neither infinite nor NaN.
    package static var number: Shape {
        Shape(noting: .kind(.number)) { field in
            switch field.node.value {
            case .integer(let value): return Double(value)
            case .float(let value) where value.isFinite: return value
            case .float, .hugeInteger:
                field.refuse("\(field.node.scalar?.text.shown ?? "") is not a usable number")
            default: field.refuse(expected: "a number")
            }
            return nil
        }
    }
}

/// A whole number or a string, such as Kubernetes takes for `maxSurge: 1` and `maxSurge: 25%`.
package enum IntOrString: Sendable, Hashable {
    case int(Int)
    case string(String)
}

extension Shape where Output == IntOrString {
    package static var intOrString: Shape {
        Shape(noting: .kind(.integer), .text) { field in
            switch field.node.value {
            case .integer(let value): return .int(value)
            case .string(let text): return .string(text)
            default:
                field.refuse(expected: "a whole number or a string")
                return nil
            }
        }
    }
}

private func wholeNumber(_ field: Field) -> Int? {
    switch field.node.value {
    case .integer(let value): return value
    case .hugeInteger: field.refuse("\(field.node.scalar?.text.shown ?? "") does not fit in 64 bits")
    case .float: field.refuse(expected: "a whole number")
    default: field.refuse(expected: "a number")
    }
    return nil
}

private func hundredthsOf(_ field: Field) -> Int? {
    guard case .float = field.node.value, let text = field.node.scalar?.text else {
        return wholeNumber(field).flatMap { whole in hundredths(whole: whole, cents: 0, field) }
    }
    guard let literal = DecimalLiteral(text), literal.exponent == nil, let fraction = literal.fraction,
        fraction.count <= 2
    else {
        field.refuse("\(text.shown) is not a number with at most two decimals")
        return nil
    }
    let digits = fraction + String(repeating: "0", count: 2 - fraction.count)
    guard let whole = Int(literal.whole.isEmpty ? "0" : literal.whole), let cents = Int(digits) else {
        field.refuse("\(text.shown) is too large")
        return nil
    }
    let sign = literal.isNegative ? -1 : 1
    return hundredths(whole: sign * whole, cents: sign * cents, field)
}

private func hundredths(whole: Int, cents: Int, _ field: Field) -> Int? {
    let (hundreds, overflowed) = whole.multipliedReportingOverflow(by: 100)
    let (sum, overflowedToo) = hundreds.addingReportingOverflow(cents)
    guard !overflowed, !overflowedToo else {
        field.refuse("\(field.node.scalar?.text.shown ?? "") is too large")
        return nil
    }
    return sum
}

private func within(
    _ range: ClosedRange<Int>, _ value: Int, _ field: Field, show: (Int) -> String
) -> Int? {
    if range.contains(value) { return value }
    let isMore = value > range.upperBound
    let bound = isMore ? "more than \(show(range.upperBound))" : "less than \(show(range.lowerBound))"
    field.refuse("\(show(value)) is \(bound)")
    return nil
}

/// Hundredths as people write them: `12.5`.
private func decimal(hundredths: Int) -> String {
    let (whole, cents) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    let sign = hundredths < 0 ? "-" : ""
    if cents == 0 { return "\(sign)\(whole)" }
    let digits = cents.isMultiple(of: 10) ? "\(cents / 10)" : cents < 10 ? "0\(cents)" : "\(cents)"
    return "\(sign)\(whole).\(digits)"
}
