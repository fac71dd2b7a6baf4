/// What stands between two operators.
extension Parser {
    mutating func operand() throws(ExpressionError) -> Syntax {
        let token = current
        switch token.kind {
        case .int(let int): return try literal(.int(int))
        case .float(let float): return try literal(.float(float))
        case .string(let string): return try accesses(on: try literal(.string(string)))
        case .word: return try named(token)
        case .symbol: return try symbolic(token)
        case .end: throw unexpected(expecting: "a value")
        }
    }

    private mutating func literal(_ value: Value) throws(ExpressionError) -> Syntax {
        let offset = current.offset
        advance()
        return try node(.literal(value), at: offset)
    }

    private mutating func named(_ token: Token) throws(ExpressionError) -> Syntax {
        switch token.text {
        case "true": return try literal(.bool(true))
        case "false": return try literal(.bool(false))
        case "nil": return try literal(.none)
        case "not": return try unary(token)
        case "result":
            advance()
            return try accesses(on: try node(.result, at: token.offset))
        default:
            try refuseUnknown(token)
            return try accesses(on: try call(token))
        }
    }

    private mutating func symbolic(_ token: Token) throws(ExpressionError) -> Syntax {
        switch token.text {
        case "!", "-", "+": return try unary(token)
        case "(": return try accesses(on: try parenthesized())
        case "[": return try accesses(on: try array())
        case "{": return try accesses(on: try map())
        case "#", ".": return try accesses(on: try element(token))
        default: throw unexpected(expecting: "a value")
        }
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
        let inside = try expression()
        try expect(")")
        return inside
    }

    /// `#`, or nothing at all before `.field`; the dot is left for the access that follows.
    private mutating func element(_ token: Token) throws(ExpressionError) -> Syntax {
        guard predicates > 0 else {
            throw fail(
                "\(token.shown) names the element of a predicate, as in `all(result, # > 1)`",
                at: token.offset)
        }
        if take("#"), ["acc", "index"].contains(current.text), current.kind == .word {
            throw notYet("#" + current.text, at: token.offset)
        }
        return try node(.element, at: token.offset)
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

    private mutating func expectComma(or end: String) throws(ExpressionError) {
        guard take(",") else { throw unexpected(expecting: "`,` or `\(end)`") }
    }
}

/// Functions and their arguments.
extension Parser {
    private func refuseUnknown(_ token: Token) throws(ExpressionError) {
        let isBytes = token.text == "b" && following.isString && following.offset == token.offset + 1
        if isBytes { throw notYet("b\"…\"", at: token.offset) }
        if NotYet.functions.contains(token.text), following.is("(") {
            throw notYet(token.text, at: token.offset)
        }
        if NotYet.spellings.contains(token.text) || BinaryOperator.spellings[token.text] != nil {
            throw unexpected(expecting: "a value")
        }
        guard Builtin.named[token.text] != nil else {
            let known = (["result"] + Builtin.named.keys.sorted()).joined(separator: ", ")
            throw fail("unknown name `\(token.text)`; known: \(known)", at: token.offset)
        }
    }

    private mutating func call(_ name: Token) throws(ExpressionError) -> Syntax {
        guard let builtin = Builtin.named[name.text] else { throw unexpected(expecting: "a value") }
        advance()
        guard current.is("(") else {
            throw fail("`\(name.text)` is a function; call it, as in `\(builtin.usage)`", at: name.offset)
        }
        let arguments = try arguments(of: builtin)
        guard builtin.takes(arguments.count) else {
            throw fail("expected `\(builtin.usage)`, but got \(arguments.count) arguments", at: name.offset)
        }
        return try node(.call(builtin, arguments), at: name.offset)
    }

    private mutating func arguments(of builtin: Builtin) throws(ExpressionError) -> [Syntax] {
        var arguments: [Syntax] = []
        try expect("(")
        while !take(")") {
            if !arguments.isEmpty {
                try expectComma(or: ")")
                if take(")") { break }
            }
            let isPredicate = builtin.parameter(arguments.count)?.isPredicate ?? false
            arguments.append(isPredicate ? try predicate() : try expression())
        }
        return arguments
    }

    /// A question about each element, in braces or bare.
    private mutating func predicate() throws(ExpressionError) -> Syntax {
        let isBraced = take("{")
        predicates += 1
        defer { predicates -= 1 }
        let body = try expression()
        if isBraced { try expect("}") }
        return body
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
        let key = try literal(.string(name.text))
        guard !current.is("(") else {
            throw fail("values have no functions such as `.\(name.text)()`", at: name.offset)
        }
        return try node(.member(base, key, isOptional: isOptional), at: name.offset)
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

extension Token {
    fileprivate var isString: Bool {
        if case .string = kind { true } else { false }
    }
}
