/// What a provider measured, and what an expression makes of it.
///
/// Numbers of a JSON document are floats; ints come from literals, `len`, `count` and `asInt`.
package enum Value: Sendable {
    case none
    case bool(Bool)
    case int(Int64)
    case float(Double)
    case string(String)
    case array([Value])
    case map([String: Value])
    /// Only an expression makes it; no provider measures one.
    /// Indirect, so that it makes no other value larger.
    indirect case groups(Groups)
    /// A point in time, in nanoseconds since 1970-01-01T00:00:00Z.
    case time(nanoseconds: Int64)
    case duration(nanoseconds: Int64)
}

extension Value {
    /// The type that the value itself shows. An array does not show what its elements are declared to be:
    /// a provider that knows more says so in `Environment.type`.
    package var type: ValueType {
        switch self {
        case .none: .none
        case .bool: .bool
        case .int: .int
        case .float: .float
        case .string: .string
        case .array: .array(.any)
        case .map: .map
        case .groups: .groups(.any)
        case .time: .time
        case .duration: .duration
        }
    }

    /// What an array or a map holds.
    var parts: [Value] {
        switch self {
        case .array(let elements): elements
        case .map(let map): Array(map.values)
        case .groups(let groups): groups.values
        default: []
        }
    }

    /// The value as a float, when it is a number.
    package var number: Double? {
        switch self {
        case .int(let int): Double(int)
        case .float(let float): float
        default: nil
        }
    }
}

/// Equal means: the same record of a measurement, so NaN is NaN here. The language's own `==`, by which NaN
/// differs from itself and 1 equals 1.0, is the evaluator's.
extension Value: Equatable {
    package static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.none, .none): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.float(let left), .float(let right)): left == right || left.isNaN && right.isNaN
        case (.string(let left), .string(let right)): left == right
        case (.array(let left), .array(let right)): left == right
        case (.map(let left), .map(let right)): left == right
        case (.groups(let left), .groups(let right)): left == right
        case (.time(let left), .time(let right)): left == right
        case (.duration(let left), .duration(let right)): left == right
        default: false
        }
    }
}

/// As the language would write it, as far as it can; maps are sorted by key, so that two prints can be compared.
extension Value: CustomStringConvertible {
    package var description: String {
        switch self {
        case .none: "nil"
        case .bool(let bool): bool.description
        case .int(let int): int.description
        case .float(let float): float.isNaN ? "NaN" : float.description
        case .string(let string): "\"\(string)\""
        case .array(let elements): "[" + elements.map(\.description).joined(separator: ", ") + "]"
        case .map(let map): "{" + map.pairs.joined(separator: ", ") + "}"
        case .groups(let groups): "{" + groups.pairs.joined(separator: ", ") + "}"
        case .time(let nanoseconds): "time(\(nanoseconds) ns since 1970)"
        case .duration(let nanoseconds): "duration(\"\(nanoseconds)ns\")"
        }
    }
}

extension Groups {
    fileprivate var pairs: [String] { zip(keys, values).map { "\($0): \($1)" } }
}

extension [String: Value] {
    fileprivate var pairs: [String] {
        sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
    }
}
