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

extension ValueType {
    var isMap: Bool {
        switch self {
        case .map, .groups: true
        default: false
        }
    }

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

    func int(_ index: Int) throws(ExpressionError) -> Int64 {
        guard case .int(let int) = values[index] else { throw mismatch(index) }
        return int
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
