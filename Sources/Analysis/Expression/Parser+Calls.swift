/// Functions and their arguments.
extension Parser {
    /// A call, of which the first argument may have come through a pipe.
    mutating func call(_ name: Token, first: Syntax?) throws(ExpressionError) -> Syntax {
        let builtin = try builtin(name)
        let offset = first == nil ? 0 : 1
        let given = try arguments { builtin.parameter($0 + offset) }
        return try node(builtin, (first.map { [$0] } ?? []) + given, name)
    }

    private mutating func builtin(_ name: Token) throws(ExpressionError) -> Builtin {
        guard let builtin = Builtin.named[name.text] else { throw unknown(name) }
        advance()
        guard current.is("(") else {
            throw fail("`\(name.text)` is a function; call it, as in `\(builtin.usage)`", at: name.offset)
        }
        return builtin
    }

    private mutating func node(
        _ builtin: Builtin, _ arguments: [Syntax], _ name: Token
    ) throws(ExpressionError) -> Syntax {
        guard builtin.takes(arguments.count) else {
            throw fail("expected `\(builtin.usage)`, but got \(arguments.count) arguments", at: name.offset)
        }
        return try node(.call(builtin, arguments), at: name.offset)
    }

    /// `a | f(b)`, which is `f(a, b)`; the bar is read.
    mutating func pipe(_ first: Syntax) throws(ExpressionError) -> Syntax {
        guard current.isName else { throw unexpected(expecting: "a function, as in `result | len()`") }
        return try call(current, first: first)
    }

    private func unknown(_ name: Token) -> ExpressionError {
        if name.text == "timezone" {
            let message = "conditions know no time zone but UTC; write an offset, as in"
            return fail("\(message) `date(\"2024-01-01T00:00:00+02:00\")`", at: name.offset)
        }
        if following.is("(") {
            let known = Builtin.named.keys.sorted().joined(separator: ", ")
            return fail("unknown function `\(name.text)`; known: \(known)", at: name.offset)
        }
        let known = (["result"] + names).joined(separator: ", ")
        return fail("unknown name `\(name.text)`; known: \(known); a text stands in quotes", at: name.offset)
    }

    /// What stands in the parentheses; `parameter` says what is expected at each place.
    mutating func arguments(_ parameter: (Int) -> Parameter?) throws(ExpressionError) -> [Syntax] {
        var arguments: [Syntax] = []
        try expect("(")
        while !take(")") {
            if !arguments.isEmpty {
                try expectComma(or: ")")
                if take(")") { break }
            }
            if let parameter = parameter(arguments.count), parameter.isPredicate {
                arguments.append(try predicate(parameter))
            } else {
                arguments.append(try expression())
            }
        }
        return arguments
    }

    /// A question about each element, in braces or bare.
    private mutating func predicate(_ parameter: Parameter) throws(ExpressionError) -> Syntax {
        predicates.append(parameter)
        defer { predicates.removeLast() }
        guard take("{") else { return try expression() }
        let body = try program()
        try expect("}")
        return body
    }
}
