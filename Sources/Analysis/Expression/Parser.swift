/// Reads tokens into a syntax tree, by precedence climbing. One token of lookahead is enough, but for `not in`.
struct Parser {
    private let tokens: [Token]
    private var position = 0
    private var nodes = 0
    var nesting = 0
    /// The predicates around the position, innermost last; `#` has a meaning only inside of one.
    var predicates: [Parameter] = []
    /// What `let` has named around the position, innermost last.
    var names: [String] = []

    static func parse(_ source: String) throws(ExpressionError) -> Syntax {
        var parser = Parser(tokens: try Lexer.tokens(of: source))
        let syntax = try parser.program()
        guard parser.current.kind == .end else {
            throw parser.unexpected(expecting: "an operator or the end")
        }
        return syntax
    }

    private init(tokens: [Token]) {
        self.tokens = tokens
    }

    /// One expression or several with `;` between them, of which the last one answers.
    mutating func program() throws(ExpressionError) -> Syntax {
        let offset = current.offset
        var parts = [try expression()]
        while take(";"), current.kind != .end { parts.append(try expression()) }
        return parts.count == 1 ? parts[0] : try node(.sequence(parts), at: offset)
    }

    /// An expression of operators that bind at least as tightly as `minimum`.
    mutating func expression(_ minimum: Int = 0) throws(ExpressionError) -> Syntax {
        nesting += 1
        defer { nesting -= 1 }
        try checkNesting()
        if minimum == 0, current.is("let") || current.is("if") { return try statement() }
        let left = try operations(on: try operand(), minimum)
        return minimum == 0 ? try conditional(left) : left
    }

    private mutating func statement() throws(ExpressionError) -> Syntax {
        current.is("let") ? try binding() : try branches()
    }

    func checkNesting() throws(ExpressionError) {
        guard nesting <= Limits.nesting else {
            throw fail("the expression is nested more than \(Limits.nesting) deep", at: current.offset)
        }
    }

    private mutating func operations(on first: Syntax, _ minimum: Int) throws(ExpressionError) -> Syntax {
        var left = first
        var afterCoalesce = false
        while true {
            if minimum == 0, take("|") {
                left = try pipe(left)
                afterCoalesce = false
                continue
            }
            guard let infix = infix(), infix.spelling.precedence >= minimum else { return left }
            guard !afterCoalesce || infix.spelling.meaning == .coalesce else { throw mixed(infix) }
            afterCoalesce = infix.spelling.meaning == .coalesce
            left = try operation(infix, on: left)
        }
    }

    private mutating func operation(_ infix: Infix, on left: Syntax) throws(ExpressionError) -> Syntax {
        let meaning = infix.spelling.meaning
        advance(infix.isNegated ? 2 : 1)
        if meaning.isOrdering { return try ordering(infix, on: left) }
        let start = current
        let right = try expression(infix.rightMinimum)
        let form = try matched(meaning, left, right, start) ?? .binary(meaning, left, right)
        let operation = try node(form, at: infix.offset)
        return infix.isNegated ? try node(.unary(.not, operation), at: infix.offset) : operation
    }

    /// The rest of `a < b <= c`, of which the first comparison sign is read.
    private mutating func ordering(_ first: Infix, on left: Syntax) throws(ExpressionError) -> Syntax {
        var links: [Syntax.Link] = []
        var next: Infix? = first
        while let infix = next {
            if !links.isEmpty { advance() }
            let operand = try expression(infix.rightMinimum)
            links.append(.init(comparison: infix.spelling.meaning, operand: operand, offset: infix.offset))
            next = self.infix().flatMap { $0.spelling.meaning.isOrdering ? $0 : nil }
        }
        return try node(.ordering(left, links), at: first.offset)
    }

    /// `a matches "…"` with its pattern written out, which can be read before anything is measured.
    private func matched(
        _ meaning: BinaryOperator, _ left: Syntax, _ right: Syntax, _ start: Token
    ) throws(ExpressionError) -> Syntax.Form? {
        guard meaning == .matches, case .literal(.string(let text)) = right.form else { return nil }
        do throws(PatternError) {
            return .match(left, try Pattern(text))
        } catch {
            throw fail("\(start.shown) is no regular expression: \(error.message)", at: start.offset)
        }
    }

    private mutating func conditional(_ test: Syntax) throws(ExpressionError) -> Syntax {
        let offset = current.offset
        guard take("?") else { return test }
        if take(":") {
            return try node(.conditional(test, then: nil, otherwise: try expression()), at: offset)
        }
        let then = try expression()
        try expect(":")
        return try node(.conditional(test, then: then, otherwise: try expression()), at: offset)
    }
}

extension Parser {
    /// The operator that comes next, with its `not` if it has one.
    private struct Infix {
        let spelling: BinarySpelling
        let isNegated: Bool
        let offset: Int

        /// How tightly an operator must bind to be part of the right operand.
        var rightMinimum: Int { spelling.isRightAssociative ? spelling.precedence : spelling.precedence + 1 }
    }

    private func infix() -> Infix? {
        let isNegated = current.is("not")
        let token = isNegated ? following : current
        guard let spelling = token.operatorSpelling, !isNegated || spelling.isNegatable else { return nil }
        return Infix(spelling: spelling, isNegated: isNegated, offset: current.offset)
    }

    private func mixed(_ infix: Infix) -> ExpressionError {
        let message = "`??` can't stand beside another operator without parentheses, as in `(a ?? b) > c`"
        return fail(message, at: infix.offset)
    }
}

extension Token {
    fileprivate var operatorSpelling: BinarySpelling? {
        kind == .symbol || kind == .word ? BinaryOperator.spellings[text] : nil
    }
}

/// How the other parts of the parser read and build.
extension Parser {
    var current: Token { tokens[position] }
    var following: Token { tokens[min(position + 1, tokens.count - 1)] }

    /// Stays on the token that ends every list.
    mutating func advance(_ count: Int = 1) {
        position = min(position + count, tokens.count - 1)
    }

    /// Takes the current token if it is spelled like this.
    mutating func take(_ spelling: String) -> Bool {
        guard current.is(spelling) else { return false }
        advance()
        return true
    }

    mutating func expect(_ spelling: String) throws(ExpressionError) {
        guard take(spelling) else { throw unexpected(expecting: "`\(spelling)`") }
    }

    mutating func node(_ form: Syntax.Form, at offset: Int) throws(ExpressionError) -> Syntax {
        nodes += 1
        guard nodes <= Limits.nodes else {
            throw fail("the expression has more than \(Limits.nodes) parts", at: offset)
        }
        let height = 1 + form.children.reduce(0) { max($0, $1.height) }
        guard height <= Limits.height else {
            throw fail("the expression has more than \(Limits.height) operators in a row", at: offset)
        }
        return Syntax(form: form, offset: offset, height: height)
    }

    func fail(_ message: String, at offset: Int) -> ExpressionError {
        ExpressionError(.parse, at: offset, message)
    }

    func unexpected(expecting expected: String) -> ExpressionError {
        let token = current
        return fail("unexpected \(token.shown); expected \(expected)", at: token.offset)
    }
}
