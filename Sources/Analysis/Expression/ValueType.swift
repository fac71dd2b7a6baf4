/// What is known of a value before it is there.
///
/// The types are those of the measured value, not of a schema: the same condition may fit one measurement and
/// not the next. What lies inside a JSON document is `any`, checked when it is used.
package indirect enum ValueType: Sendable, Equatable, Hashable {
    /// The type of `nil`, which fits where nothing is asked of a value but to be compared.
    case none
    case bool, int, float, string
    case array(ValueType)
    case map
    /// A map of arrays whose keys may be anything: what `groupBy` makes.
    case groups(ValueType)
    case time, duration
    case any
}

extension ValueType: CustomStringConvertible {
    package var description: String {
        switch self {
        case .none: "nil"
        case .bool: "bool"
        case .int: "int"
        case .float: "float"
        case .string: "string"
        case .array(.any): "array"
        case .array(let element): "array of \(element)"
        case .map, .groups: "map"
        case .time: "time"
        case .duration: "duration"
        case .any: "any"
        }
    }
}

extension ValueType {
    var isNumber: Bool { self == .int || self == .float }

    /// What an element of this array is; nil when this can't be an array.
    var element: ValueType? {
        switch self {
        case .array(let element): element
        case .any: .any
        default: nil
        }
    }

    /// The number type of a result made from both.
    func combined(with other: ValueType) -> ValueType {
        self == .int && other == .int ? .int : .float
    }

    /// The type of "one or the other". It lets nil pass as the other one: what is nil in the end is found out
    /// when it is used.
    func or(_ other: ValueType) -> ValueType {
        if self == .none { return other }
        return other == .none || self == other ? self : .any
    }

    /// Whether `==` makes sense between the two.
    func isComparable(with other: ValueType) -> Bool {
        switch (self, other) {
        case (.any, _), (_, .any), (.none, _), (_, .none), (.array, .array), (.groups, .groups): true
        default: self == other || isNumber && other.isNumber
        }
    }
}
