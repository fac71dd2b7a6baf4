/// What a function asks of an argument. `any` is let through and asked again when the value is there.
struct Parameter: Sendable {
    /// In a usage line.
    let name: String
    /// In a message.
    let expected: String
    var isPredicate = false
    /// What a predicate may ask beside `#`, by name.
    var pointers: [String: Syntax.Form] = [:]
    let accepts: @Sendable (ValueType) -> Bool
}

extension Parameter {
    static let anything = Parameter(name: "value", expected: "anything") { _ in true }
    static let number = Parameter(name: "number", expected: "a number") { $0.isNumber }
    static let int = Parameter(name: "int", expected: "an int") { $0 == .int }
    static let string = Parameter(name: "string", expected: "a string") { $0 == .string }
    static let order = Parameter(name: "order", expected: "\"asc\" or \"desc\"") { $0 == .string }
    static let array = Parameter(name: "array", expected: "an array") { $0.element != nil }
    static let map = Parameter(name: "map", expected: "a map") { $0.isMap }
    static let texts = Parameter(name: "strings", expected: "an array of strings") {
        $0.element == .string || $0.element == .any
    }
    static let indexed = Parameter(name: "value", expected: "an array or a map") {
        $0.element != nil || $0.isMap || $0 == .none
    }
    static let key = Parameter(name: "key", expected: "a key or an index") { _ in true }
    static let countable = Parameter(name: "value", expected: "a number or a string") {
        $0.isNumber || $0 == .string
    }
    static let truncated = Parameter(name: "value", expected: "a number, a string or a duration") {
        $0.isNumber || $0 == .string || $0 == .duration
    }
    static let aggregated = Parameter(name: "numbers", expected: "a number or an array of numbers") {
        $0.isNumber || $0.isArrayOfNumbers
    }
    static let sized = Parameter(name: "value", expected: "an array, a map or a string") {
        $0 == .string || $0.isMap || $0.element != nil
    }
}

/// Predicates.
extension Parameter {
    static let test = Parameter(
        name: "predicate", expected: "a predicate that is true or false", isPredicate: true
    ) { $0 == .bool }
    static let term = Parameter(
        name: "predicate", expected: "a predicate that is a number", isPredicate: true
    ) { $0.isNumber }
    static let answer = Parameter(name: "predicate", expected: "a predicate", isPredicate: true) { _ in true }
    static let transform = Parameter(
        name: "predicate", expected: "a predicate", isPredicate: true, pointers: ["index": .index]
    ) { _ in true }
    static let reduction = Parameter(
        name: "predicate", expected: "a predicate", isPredicate: true,
        pointers: ["index": .index, "acc": .accumulator]
    ) { _ in true }
}
