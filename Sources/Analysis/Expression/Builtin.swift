/// A function of the language: what it takes, what it gives and how it is done. A new function is a new row.
struct Builtin: Sendable {
    typealias Run = @Sendable (inout Evaluator, Call) throws(ExpressionError) -> Value

    let name: String
    let parameters: [Parameter]
    /// How many arguments must be given.
    let required: Int
    /// Whether the last parameter may be given again and again.
    let isVariadic: Bool
    /// The type of the outcome, from those of the arguments; of a predicate, from what it answers.
    let returns: @Sendable ([ValueType]) -> ValueType
    let run: Run

    init(
        _ name: String, _ parameters: [Parameter], required: Int? = nil, isVariadic: Bool = false,
        returns: @escaping @Sendable ([ValueType]) -> ValueType, run: @escaping Run
    ) {
        self.name = name
        self.parameters = parameters
        self.required = required ?? parameters.count
        self.isVariadic = isVariadic
        self.returns = returns
        self.run = run
    }

    init(
        _ name: String, _ parameters: [Parameter], required: Int? = nil, returns type: ValueType,
        run: @escaping Run
    ) {
        self.init(name, parameters, required: required, returns: { _ in type }, run: run)
    }
}

extension Builtin {
    static let named = [String: Builtin](uniqueKeysWithValues: table.map { ($0.name, $0) })

    private static let table = [
        // Of Argo Rollouts' environment.
        Builtin("asFloat", [.anything], returns: .float, run: Conversions.asFloat),
        Builtin("asInt", [.anything], returns: .int, run: Conversions.asInt),
        Builtin("default", [.anything, .anything], returns: .any, run: Conversions.default),
        Builtin("isInf", [.number], returns: .bool, run: Conversions.isInf),
        Builtin("isNaN", [.number], returns: .bool, run: Conversions.isNaN),
        Builtin("isNil", [.anything], returns: .bool, run: Conversions.isNil),

        // About every element.
        Builtin("all", [.array, .test], returns: .bool, run: Collections.all),
        Builtin("any", [.array, .test], returns: .bool, run: Collections.any),
        Builtin("none", [.array, .test], returns: .bool, run: Collections.none),
        Builtin("one", [.array, .test], returns: .bool, run: Collections.one),
        Builtin("count", [.array, .test], required: 1, returns: .int, run: Collections.count),
        Builtin(
            "filter", [.array, .test], returns: { .array($0[0].element ?? .any) }, run: Collections.filter),
        Builtin("map", [.array, .transform], returns: { .array($0[1].asElement) }, run: Collections.map),
        Builtin("sum", [.array, .term], required: 1, returns: Collections.sumType, run: Collections.sum),

        Builtin("len", [.sized], returns: .int, run: Collections.len),
        Builtin(
            "max", [.aggregated], isVariadic: true, returns: Collections.extremeType, run: Collections.max),
        Builtin("mean", [.aggregated], isVariadic: true, returns: { _ in .float }, run: Collections.mean),
        Builtin(
            "min", [.aggregated], isVariadic: true, returns: Collections.extremeType, run: Collections.min),

        // Time, for range queries.
        Builtin("duration", [.string], returns: .duration, run: Clockwork.duration),
        Builtin("now", [], returns: .time, run: Clockwork.now),
    ]
}

extension Builtin {
    func takes(_ count: Int) -> Bool {
        count >= required && (isVariadic || count <= parameters.count)
    }

    /// What the argument at this place must be.
    func parameter(_ index: Int) -> Parameter? {
        index < parameters.count ? parameters[index] : isVariadic ? parameters.last : nil
    }

    /// Such as `count(array[, predicate])`.
    var usage: String {
        let needed = parameters.prefix(required).map(\.name).joined(separator: ", ")
        let optional = parameters.dropFirst(required).map { "[, \($0.name)]" }.joined()
        return "\(name)(\(needed)\(optional)\(isVariadic ? ", …" : ""))"
    }
}

/// What a function asks of an argument. `any` is let through and asked again when the value is there.
struct Parameter: Sendable {
    /// In a usage line.
    let name: String
    /// In a message.
    let expected: String
    var isPredicate = false
    let accepts: @Sendable (ValueType) -> Bool

    static let anything = Parameter(name: "value", expected: "anything") { _ in true }
    static let number = Parameter(name: "number", expected: "a number") { $0.isNumber }
    static let string = Parameter(name: "string", expected: "a string") { $0 == .string }
    static let array = Parameter(name: "array", expected: "an array") { $0.element != nil }
    static let aggregated = Parameter(name: "numbers", expected: "a number or an array of numbers") {
        $0.isNumber || $0.isArrayOfNumbers
    }
    static let sized = Parameter(name: "value", expected: "an array, a map or a string") {
        $0 == .string || $0 == .map || $0.element != nil
    }
    static let test = Parameter(
        name: "predicate", expected: "a predicate that is true or false", isPredicate: true
    ) {
        $0 == .bool
    }
    static let term = Parameter(
        name: "predicate", expected: "a predicate that is a number", isPredicate: true
    ) {
        $0.isNumber
    }
    static let transform = Parameter(name: "predicate", expected: "a predicate", isPredicate: true) { _ in
        true
    }
}

extension ValueType {
    var isArrayOfNumbers: Bool {
        guard case .array(let element) = self else { return false }
        return element == .any || element.isNumber || element.isArrayOfNumbers
    }

    /// As the type of an array's elements; of nothing but nils, nothing is known.
    var asElement: ValueType { self == .none ? .any : self }
}

/// One call while it is evaluated.
struct Call {
    let builtin: Builtin
    let offset: Int
    /// The arguments that are not predicates.
    let values: [Value]
    let predicate: Syntax?

    func array(_ index: Int) throws(ExpressionError) -> [Value] {
        guard case .array(let elements) = values[index] else { throw mismatch(index) }
        return elements
    }

    func number(_ index: Int) throws(ExpressionError) -> Double {
        guard let number = values[index].number else { throw mismatch(index) }
        return number
    }

    func string(_ index: Int) throws(ExpressionError) -> String {
        guard case .string(let string) = values[index] else { throw mismatch(index) }
        return string
    }

    func mismatch(_ index: Int) -> ExpressionError {
        fail("takes \(builtin.parameter(index)?.expected ?? "nothing"), but got \(values[index].type)")
    }

    /// The reason follows the function's name.
    func fail(_ reason: String) -> ExpressionError {
        ExpressionError(.run, at: offset, "`\(builtin.name)` \(reason)")
    }
}
