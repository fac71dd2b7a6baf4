/// A node of the syntax tree: what is said and where.
struct Syntax: Sendable {
    indirect enum Form: Sendable {
        case literal(Value)
        /// The measured value.
        case result
        /// What `let` named, by the count of names around it.
        case variable(Int)
        /// `$env`: all names that the expression is given. It is no value of its own.
        case names
        /// `#`: the element that the predicate is asked about.
        case element
        /// `#index`: the element's place in its array.
        case index
        /// `#acc`: what `reduce` has made of the elements before.
        case accumulator
        case array([Syntax])
        case map([Pair])
        case unary(UnaryOperator, Syntax)
        case binary(BinaryOperator, Syntax, Syntax)
        /// `a matches "…"`, whose pattern is read once.
        case match(Syntax, Pattern)
        /// `a < b <= c`, which asks each operand once.
        case ordering(Syntax, [Link])
        /// `a ? b : c`; without `then` it is `a ?: c`.
        case conditional(Syntax, then: Syntax?, otherwise: Syntax)
        /// `a.b`, `a["b"]` and `a[0]`; an optional one (`a?.b`) ends the whole chain when `a` is nil.
        case member(Syntax, Syntax, isOptional: Bool)
        case slice(Syntax, from: Syntax?, to: Syntax?)
        case call(Builtin, [Syntax])
        /// `a.Unix()`, of times and durations.
        case method(Syntax, Method, [Syntax])
        /// `let x = a; b`.
        case binding(Syntax, in: Syntax)
        /// `a; b`: the last one answers, and the others are asked for their errors only.
        case sequence([Syntax])
    }

    struct Pair: Sendable {
        let key: Syntax
        let value: Syntax
    }

    struct Link: Sendable {
        let comparison: BinaryOperator
        let operand: Syntax
        let offset: Int
    }

    let form: Form
    /// In UTF-8 bytes from the start of the source; of an operator, where the operator stands.
    let offset: Int
    /// The longest way down to a leaf, kept so that a tree too high for the stack is never built.
    let height: Int
}

extension Syntax.Form {
    var children: [Syntax] {
        switch self {
        case .literal, .result, .variable, .names, .element, .index, .accumulator: []
        case .array(let elements), .sequence(let elements): elements
        case .map(let pairs): pairs.flatMap { [$0.key, $0.value] }
        case .unary(_, let operand), .match(let operand, _): [operand]
        case .binary(_, let left, let right): [left, right]
        case .ordering(let first, let links): [first] + links.map(\.operand)
        case .conditional(let test, let then, let otherwise): [test, then, otherwise].compactMap { $0 }
        case .member(let base, let index, _): [base, index]
        case .slice(let base, let from, let to): [base, from, to].compactMap { $0 }
        case .call(_, let arguments): arguments
        case .method(let base, _, let arguments): [base] + arguments
        case .binding(let value, let body): [value, body]
        }
    }
}
