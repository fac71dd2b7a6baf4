/// A number as people read it: about three digits, `0.123`, `5.5`, `2716`, `3.11e6`.
package func figure(_ number: Double) -> String {
    guard number.isFinite, number != 0 else { return number == 0 ? "0" : "\(number)" }
    let size = number.magnitude
    if size >= 1e6 || size < 1e-4 {
        let exponent = Int((logarithm(size) / logarithm(10)).rounded(.down))
        let significand = number / power(10, Double(exponent))
        return "\(decimal(significand, places: 2))e\(exponent)"
    }
    if size >= 100 { return "\(Int(number.rounded()))" }
    return decimal(number, places: size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 5)
}

/// A share as a percentage: `0.1 %`.
package func percentage(_ share: Double) -> String { figure(share * 100) + " %" }

/// Without zeros at the end.
private func decimal(_ number: Double, places: Int) -> String {
    let scale = power(10, Double(places))
    let scaled = Int((number.magnitude * scale).rounded())
    let (whole, rest) = scaled.quotientAndRemainder(dividingBy: Int(scale))
    let sign = number < 0 ? "-" : ""
    guard rest > 0 else { return "\(sign)\(whole)" }
    var digits = String(String(rest + Int(scale)).dropFirst())
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(sign)\(whole).\(digits)"
}
