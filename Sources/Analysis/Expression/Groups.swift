/// What `groupBy` makes: a map whose keys may be numbers, bools and nil too, in the order in which they came up.
package struct Groups: Sendable {
    package private(set) var keys: [Value] = []
    private var members: [[Value]] = []
    private var places: [Key: Int] = [:]

    /// What can be a key. An int and a float are two keys, as in expr.
    private enum Key: Hashable {
        case none
        case bool(Bool)
        case int(Int64)
        case float(Double)
        case string([UInt8])
        case time(Int64)
        case duration(Int64)
    }

    init() {}

    package var count: Int { keys.count }

    /// In the order of the keys.
    package var values: [Value] { members.map(Value.array) }

    package subscript(key: Value) -> Value? {
        Groups.key(key).flatMap { places[$0] }.map { .array(members[$0]) }
    }

    /// False when the key can't be one. NaN equals nothing, so each NaN is a group of its own and never found.
    mutating func add(_ element: Value, to key: Value) -> Bool {
        guard let name = Groups.key(key) else { return false }
        if let place = places[name] {
            members[place].append(element)
        } else {
            if key.number?.isNaN != true { places[name] = keys.count }
            keys.append(key)
            members.append([element])
        }
        return true
    }

    private static func key(_ value: Value) -> Key? {
        switch value {
        case .none: Key.none
        case .bool(let bool): .bool(bool)
        case .int(let int): .int(int)
        case .float(let float): .float(float)
        case .string(let string): .string(Array(string.utf8))
        case .time(let nanoseconds): .time(nanoseconds)
        case .duration(let nanoseconds): .duration(nanoseconds)
        case .array, .map, .groups: nil
        }
    }
}

extension Groups: Equatable {
    package static func == (left: Groups, right: Groups) -> Bool {
        left.keys == right.keys && left.members == right.members
    }
}
