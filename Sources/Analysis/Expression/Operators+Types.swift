extension UnaryOperator {
    /// The type of the outcome; nil when the operand does not fit.
    func type(_ operand: ValueType) -> ValueType? {
        switch self {
        case .not: operand == .bool || operand == .any ? .bool : nil
        case .plus, .minus: operand.isNumber || operand == .duration || operand == .any ? operand : nil
        }
    }

    var expected: String {
        self == .not ? "true or false" : "a number"
    }
}

extension BinaryOperator {
    /// The type of the outcome; nil when the operands do not fit.
    func type(_ left: ValueType, _ right: ValueType) -> ValueType? {
        switch self {
        case .or, .and: fits(left, right, .bool) ? .bool : nil
        case .equal, .unequal: left.isComparable(with: right) ? .bool : nil
        case .less, .greater, .lessOrEqual, .greaterOrEqual: isOrdered(left, right) ? .bool : nil
        case .in: isSearchable(right, for: left) ? .bool : nil
        case .matches, .contains, .startsWith, .endsWith: fits(left, right, .string) ? .bool : nil
        case .range: fits(left, right, .int) ? .array(.int) : nil
        case .coalesce: left.or(right)
        case .remainder: fits(left, right, .int) ? (left == .int && right == .int ? .int : .any) : nil
        case .divide, .power: numeric(left, right) == nil ? nil : .float
        case .multiply: numeric(left, right) ?? scaled(left, right)
        case .add: numeric(left, right) ?? sum(left, right)
        case .subtract: numeric(left, right) ?? difference(left, right)
        }
    }

    /// Whether both are of the type, or may turn out to be.
    private func fits(_ left: ValueType, _ right: ValueType, _ type: ValueType) -> Bool {
        (left == type || left == .any) && (right == type || right == .any)
    }

    private func isOrdered(_ left: ValueType, _ right: ValueType) -> Bool {
        numeric(left, right) != nil || fits(left, right, .string) || fits(left, right, .time)
            || fits(left, right, .duration)
    }

    private func isSearchable(_ collection: ValueType, for needle: ValueType) -> Bool {
        switch collection {
        case .array(let element): needle.isComparable(with: element)
        case .groups: true
        case .map: needle == .string || needle == .any || needle == .none
        default: collection == .any
        }
    }

    private func numeric(_ left: ValueType, _ right: ValueType) -> ValueType? {
        switch (left, right) {
        case (.any, .any): .any
        case (.any, let other), (let other, .any): other.isNumber ? .any : nil
        default: left.isNumber && right.isNumber ? left.combined(with: right) : nil
        }
    }

    private func scaled(_ left: ValueType, _ right: ValueType) -> ValueType? {
        switch (left, right) {
        case (.duration, .int), (.int, .duration): .duration
        case (.duration, .any), (.any, .duration): .any
        default: nil
        }
    }

    private func sum(_ left: ValueType, _ right: ValueType) -> ValueType? {
        switch (left, right) {
        case (.string, .string): .string
        case (.time, .duration), (.duration, .time): .time
        case (.duration, .duration): .duration
        case (.any, .string), (.string, .any), (.any, .time), (.time, .any): .any
        case (.any, .duration), (.duration, .any): .any
        default: nil
        }
    }

    private func difference(_ left: ValueType, _ right: ValueType) -> ValueType? {
        switch (left, right) {
        case (.time, .time), (.duration, .duration): .duration
        case (.time, .duration): .time
        case (.any, .time), (.time, .any), (.any, .duration): .any
        case (.duration, .any): .duration
        default: nil
        }
    }

    /// What is wrong when the operands do not fit, at check and at run time alike.
    func mismatch(_ left: ValueType, _ right: ValueType) -> String {
        "`\(rawValue)` takes \(expected), but has \(left) and \(right)" + hint(left, right)
    }

    private var expected: String {
        switch self {
        case .or, .and: "true or false on both sides"
        case .equal, .unequal: "two values of one kind"
        case .less, .greater, .lessOrEqual, .greaterOrEqual: "two numbers, strings, times or durations"
        case .in: "an array or a map at its right that can hold what is at its left"
        case .matches, .contains, .startsWith, .endsWith: "two strings"
        case .range, .remainder: "two ints"
        case .coalesce: "any two values"
        case .divide, .power: "two numbers"
        case .multiply: "two numbers, or a duration and an int"
        case .add: "two numbers, two strings, or durations and a time"
        case .subtract: "two numbers, times or durations"
        }
    }

    /// The trap that most conditions fall into: a vector is compared as if it were its only element.
    private func hint(_ left: ValueType, _ right: ValueType) -> String {
        guard isOrdering || self == .equal || self == .unequal else { return "" }
        switch (left, right) {
        case (.array, .array): return ""
        case (.array, _), (_, .array): return "; name an element, as in `result[0]`"
        default: return ""
        }
    }
}
