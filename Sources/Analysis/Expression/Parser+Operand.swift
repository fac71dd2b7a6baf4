/// What stands between two operators. The ways to what may be nested are short functions of their own: each takes
/// room on the stack for everything that it might do.
extension Parser {
    mutating func operand() throws(ExpressionError) -> Syntax {
        let token = current
        if token.kind == .symbol { return try symbolic(token) }
        return token.isName ? try accesses(on: try reference(token)) : try constant(token)
    }

    /// The measured value, a name of `let`, or a call.
    private mutating func reference(_ token: Token) throws(ExpressionError) -> Syntax {
        guard let form = form(of: token) else { return try call(token, first: nil) }
        advance()
        return try node(form, at: token.offset)
    }

    private func form(of token: Token) -> Syntax.Form? {
        if token.text == "result" { return .result }
        return following.is("(") ? nil : names.lastIndex(of: token.text).map(Syntax.Form.variable)
    }

    private mutating func constant(_ token: Token) throws(ExpressionError) -> Syntax {
        switch token.kind {
        case .int(let int): return try literal(.int(int))
        case .float(let float): return try literal(.float(float))
        case .string(let string): return try accesses(on: try literal(.string(string)))
        case .word: return try keyword(token)
        case .symbol, .end: throw unexpected(expecting: "a value")
        }
    }

    private mutating func literal(_ value: Value) throws(ExpressionError) -> Syntax {
        let offset = current.offset
        advance()
        return try node(.literal(value), at: offset)
    }

    private mutating func keyword(_ token: Token) throws(ExpressionError) -> Syntax {
        switch token.text {
        case "true": return try literal(.bool(true))
        case "false": return try literal(.bool(false))
        case "nil": return try literal(.none)
        case "not": return try unary(token)
        case "$env": return try accesses(on: try named())
        default: throw unexpected(expecting: "a value")
        }
    }

    private mutating func symbolic(_ token: Token) throws(ExpressionError) -> Syntax {
        switch token.text {
        case "!", "-", "+": try unary(token)
        case "(", "[", "{": try accesses(on: try enclosed(token))
        default: try accesses(on: try marked(token))
        }
    }

    private mutating func enclosed(_ token: Token) throws(ExpressionError) -> Syntax {
        switch token.text {
        case "(": try parenthesized()
        case "[": try array()
        default: try map()
        }
    }

    private mutating func marked(_ token: Token) throws(ExpressionError) -> Syntax {
        switch token.text {
        case "#", ".": return try element(token)
        case "::": return try qualified()
        default: throw unexpected(expecting: "a value")
        }
    }

    /// `::len(x)`, which is `len(x)`.
    private mutating func qualified() throws(ExpressionError) -> Syntax {
        advance()
        guard current.isName else { throw unexpected(expecting: "the name of a function") }
        return try call(current, first: nil)
    }

    private mutating func unary(_ token: Token) throws(ExpressionError) -> Syntax {
        guard let spelling = UnaryOperator.spellings[token.text] else {
            throw unexpected(expecting: "a value")
        }
        advance()
        return try node(.unary(spelling.meaning, try expression(spelling.precedence)), at: token.offset)
    }

    private mutating func parenthesized() throws(ExpressionError) -> Syntax {
        try expect("(")
        let inside = try program()
        try expect(")")
        return inside
    }

    /// `#`, or nothing at all before `.field`; the dot is left for the access that follows.
    private mutating func element(_ token: Token) throws(ExpressionError) -> Syntax {
        guard let predicate = predicates.last else {
            throw fail(
                "\(token.shown) names the element of a predicate, as in `all(result, # > 1)`",
                at: token.offset)
        }
        guard take("#"), current.isName else { return try node(.element, at: token.offset) }
        let name = current
        advance()
        guard let form = predicate.pointers[name.text] else {
            let known = (["#"] + predicate.pointers.keys.sorted().map { "#" + $0 }).joined(separator: ", ")
            throw fail("unknown `#\(name.text)`; known here: \(known)", at: token.offset)
        }
        return try node(form, at: token.offset)
    }

    private mutating func array() throws(ExpressionError) -> Syntax {
        let offset = current.offset
        try expect("[")
        var elements: [Syntax] = []
        while !take("]") {
            if !elements.isEmpty {
                try expectComma(or: "]")
                if take("]") { break }
            }
            elements.append(try expression())
        }
        return try node(.array(elements), at: offset)
    }

    private mutating func map() throws(ExpressionError) -> Syntax {
        let offset = current.offset
        try expect("{")
        var pairs: [Syntax.Pair] = []
        while !take("}") {
            if !pairs.isEmpty {
                try expectComma(or: "}")
                if take("}") { break }
            }
            let key = try key()
            try expect(":")
            pairs.append(Syntax.Pair(key: key, value: try expression()))
        }
        return try node(.map(pairs), at: offset)
    }

    /// Words and numbers are keys as they are spelled; anything computed stands in parentheses.
    private mutating func key() throws(ExpressionError) -> Syntax {
        let token = current
        switch token.kind {
        case .word, .int, .float: return try literal(.string(token.text))
        case .string(let string): return try literal(.string(string))
        case .symbol where token.is("("): return try parenthesized()
        default: throw unexpected(expecting: "a key: a name, a string, a number or `(`")
        }
    }

    mutating func expectComma(or end: String) throws(ExpressionError) {
        guard take(",") else { throw unexpected(expecting: "`,` or `\(end)`") }
    }
}

/// What follows a value: members, indices and slices.
extension Parser {
    fileprivate mutating func accesses(on first: Syntax) throws(ExpressionError) -> Syntax {
        var base = first
        while true {
            let token = current
            if take("[") {
                base = try index(base, at: token.offset, isOptional: false)
            } else if take("?.") {
                base =
                    take("[") ? try index(base, at: token.offset, isOptional: true) : try member(base, true)
            } else if take(".") {
                base = try member(base, false)
            } else {
                return base
            }
        }
    }

    private mutating func member(_ base: Syntax, _ isOptional: Bool) throws(ExpressionError) -> Syntax {
        let name = current
        guard name.kind == .word else { throw unexpected(expecting: "a name") }
        if following.is("(") { return try method(of: base, name, isOptional) }
        let key = try literal(.string(name.text))
        return try node(.member(base, key, isOptional: isOptional), at: name.offset)
    }

    /// `.Unix()`, of which the dot is read.
    private mutating func method(
        of base: Syntax, _ name: Token, _ isOptional: Bool
    ) throws(ExpressionError) -> Syntax {
        guard !isOptional, let method = Method.named[name.text] else {
            let known = Method.named.keys.sorted().joined(separator: ", ")
            throw fail("unknown method `.\(name.text)()`; times and durations have \(known)", at: name.offset)
        }
        advance()
        let arguments = try arguments { _ in nil }
        guard arguments.count == method.parameters.count else {
            throw fail(
                "`.\(method.name)` takes \(method.parameters.count) arguments, but got \(arguments.count)",
                at: name.offset)
        }
        return try node(.method(base, method, arguments), at: name.offset)
    }

    /// `[i]`, `[a:b]`, `[a:]`, `[:b]` or `[:]`, of which the bracket is read.
    private mutating func index(
        _ base: Syntax, at offset: Int, isOptional: Bool
    ) throws(ExpressionError) -> Syntax {
        let from = current.is(":") ? nil : try expression()
        if let from, take("]") {
            return try node(.member(base, from, isOptional: isOptional), at: offset)
        }
        guard take(":") else { throw unexpected(expecting: "`]` or `:`") }
        let to = current.is("]") ? nil : try expression()
        try expect("]")
        return try node(.slice(base, from: from, to: to), at: offset)
    }
}
