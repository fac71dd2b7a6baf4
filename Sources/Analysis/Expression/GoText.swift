/// A value as Go's `%v` prints it, which is what `string` gives: `[1 2.5]`, `map[a:1]`, `<nil>`, `1e+06`.
struct GoText {
    private(set) var text = ""

    /// False for what can't be spelled without more than the value: a time.
    mutating func write(_ value: Value) -> Bool {
        switch value {
        case .none: text += "<nil>"
        case .bool(let bool): text += bool.description
        case .int(let int): text += int.description
        case .float(let float): text += GoText.general(float)
        case .string(let string): text += string
        case .array(let elements): return write(elements)
        case .map(let map): return write(map.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) })
        case .groups(let groups): return write(Array(zip(groups.keys, groups.values)))
        case .time: return false
        case .duration(let nanoseconds): text += GoText.duration(nanoseconds)
        }
        return true
    }

    private mutating func write(_ elements: [Value]) -> Bool {
        text += "["
        for (index, element) in elements.enumerated() {
            if index > 0 { text += " " }
            guard write(element) else { return false }
        }
        text += "]"
        return true
    }

    private mutating func write(_ pairs: [(Value, Value)]) -> Bool {
        text += "map["
        for (index, pair) in pairs.enumerated() {
            if index > 0 { text += " " }
            guard write(pair.0) else { return false }
            text += ":"
            guard write(pair.1) else { return false }
        }
        text += "]"
        return true
    }

    /// `1h30m0s`, `1.5s`, `250ms`, `0s`.
    private static func duration(_ nanoseconds: Int64) -> String {
        let sign = nanoseconds < 0 ? "-" : ""
        let size = nanoseconds.magnitude
        for (unit, name) in [(UInt64(1_000), "ns"), (1_000_000, "µs"), (1_000_000_000, "ms")]
        where size < unit {
            if size == 0 { break }
            return sign + decimal(size, of: unit / 1_000) + name
        }
        let (minutes, rest) = (size / 60_000_000_000, size % 60_000_000_000)
        let hours = minutes >= 60 ? "\(minutes / 60)h" : ""
        return sign + hours + (minutes > 0 ? "\(minutes % 60)m" : "") + decimal(rest, of: 1_000_000_000) + "s"
    }

    private static func decimal(_ size: UInt64, of unit: UInt64) -> String {
        guard size % unit != 0 else { return "\(size / unit)" }
        let digits = String(unit + size % unit).dropFirst()
        return "\(size / unit)." + String(digits.reversed().drop { $0 == "0" }.reversed())
    }
}

extension GoText {
    /// As few digits as tell the float apart, with an exponent below 1e-4 and from 1e+06 on.
    static func general(_ float: Double) -> String {
        if float.isNaN { return "NaN" }
        if float.isInfinite { return float > 0 ? "+Inf" : "-Inf" }
        let digits = Digits(float)
        return -4..<6 ~= digits.exponent ? digits.plain : digits.scientific(exponentDigits: 2)
    }

    /// As JSON has it: an exponent below 1e-6 and from 1e+21 on.
    static func json(_ float: Double) -> String {
        let digits = Digits(float)
        return float == 0 || -6..<21 ~= digits.exponent ? digits.plain : digits.scientific(exponentDigits: 1)
    }

    /// The shortest digits that tell a finite float apart: `d.ddd` times ten to the power of the exponent.
    private struct Digits {
        let isNegative: Bool
        let digits: String
        let exponent: Int

        /// The standard library finds the digits; here they are only put differently.
        init(_ float: Double) {
            isNegative = float.sign == .minus
            let parts = float.magnitude.description.split(separator: "e")
            let places = parts[0].split(separator: ".", omittingEmptySubsequences: false)
            let fraction = places.count > 1 && places[1] != "0" ? places[1] : ""
            let all = places[0] + fraction
            let significant = all.drop { $0 == "0" }
            let shift = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
            let trimmed = String(significant.reversed().drop { $0 == "0" }.reversed())
            digits = trimmed.isEmpty ? "0" : trimmed
            exponent = trimmed.isEmpty ? 0 : shift + places[0].count - 1 - (all.count - significant.count)
        }

        private var sign: String { isNegative ? "-" : "" }

        var plain: String {
            if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
            if digits.count <= exponent + 1 {
                return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count)
            }
            return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
        }

        func scientific(exponentDigits: Int) -> String {
            let fraction = digits.dropFirst()
            let power = String(exponent.magnitude)
            let padding = String(repeating: "0", count: max(0, exponentDigits - power.count))
            return sign + digits.prefix(1) + (fraction.isEmpty ? "" : "." + fraction)
                + (exponent < 0 ? "e-" : "e+") + padding + power
        }
    }
}
