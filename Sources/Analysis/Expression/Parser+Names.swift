/// Names, and what is written with words instead of signs.
extension Parser {
    /// `let x = a; b`, where `b` goes as far as it can.
    mutating func binding() throws(ExpressionError) -> Syntax {
        advance()
        let name = current
        guard name.isName else { throw unexpected(expecting: "a name") }
        guard name.text != "result", Builtin.named[name.text] == nil, !names.contains(name.text) else {
            throw fail("`\(name.text)` has a meaning already; choose another name", at: name.offset)
        }
        advance()
        try expect("=")
        let value = try expression()
        try expect(";")
        names.append(name.text)
        defer { names.removeLast() }
        return try node(.binding(value, in: try program()), at: name.offset)
    }

    /// `if a {b} else {c}`.
    mutating func branches() throws(ExpressionError) -> Syntax {
        nesting += 1
        defer { nesting -= 1 }
        let offset = current.offset
        try checkNesting()
        try expect("if")
        let test = try expression()
        let then = try block()
        guard take("else") else { throw unexpected(expecting: "`else`: both ways need an answer") }
        let otherwise = current.is("if") ? try branches() : try block()
        return try node(.conditional(test, then: then, otherwise: otherwise), at: offset)
    }

    private mutating func block() throws(ExpressionError) -> Syntax {
        try expect("{")
        let body = try program()
        try expect("}")
        return body
    }

    /// `$env.result` and `$env["result"]`; alone it stands only at the right of `in`.
    mutating func named() throws(ExpressionError) -> Syntax {
        let start = current
        advance()
        guard let (name, isOptional) = try nameAfter(start) else {
            return try node(.names, at: start.offset)
        }
        if name == "result" { return try node(.result, at: start.offset) }
        if isOptional, Builtin.named[name] == nil { return try node(.literal(.none), at: start.offset) }
        throw fail("`$env` holds no value `\(name)`; known: result", at: start.offset)
    }

    private mutating func nameAfter(_ start: Token) throws(ExpressionError) -> (String, isOptional: Bool)? {
        let isOptional = current.is("?.")
        guard isOptional || current.is(".") || current.is("[") else { return nil }
        advance()
        if current.kind == .word {
            defer { advance() }
            return (current.text, isOptional)
        }
        if isOptional { _ = take("[") }
        guard case .string(let name) = current.kind, following.is("]") else {
            throw unexpected(expecting: "a name, as in `$env[\"result\"]`")
        }
        advance(2)
        return (name, isOptional)
    }
}
