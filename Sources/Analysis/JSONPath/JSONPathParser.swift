/// Reads `{$.a[0]['b']..c[?(@.d > 1)]}`.
struct JSONPathParser {
    private let text: [Unicode.Scalar]
    private(set) var place = 0
    private var nesting = 0

    private static let lengthMax = 2_000
    private static let nestingMax = 8

    init(_ source: String) {
        text = Array(source.unicodeScalars)
    }

    mutating func path() throws(JSONPathError) -> [JSONPath.Step] {
        guard text.count <= Self.lengthMax else {
            throw JSONPathError("a path of \(text.count) characters; the limit is \(Self.lengthMax)")
        }
        skipBlanks()
        guard take("{") else { throw flaw("a path stands in braces: {$.data.ok}") }
        skipBlanks()
        _ = take("$") || take("@")
        let steps = try self.steps(until: "}")
        guard take("}") else { throw flaw("expected } or a step such as .name or [0]") }
        skipBlanks()
        guard place == text.count else { throw flaw("one path is enough: nothing follows its }") }
        return steps
    }

    private mutating func steps(until end: Unicode.Scalar) throws(JSONPathError) -> [JSONPath.Step] {
        var steps: [JSONPath.Step] = []
        while let next = peek(), next == "." || next == "[" {
            if take("[") {
                steps.append(try bracketed())
            } else if take("..") {
                steps.append(.descent)
                if let next = peek(), next != "[", next != end { steps.append(try field()) }
            } else {
                place += 1
                // `$.` alone is `$`, and `.[0]` is `[0]`.
                if let next = peek(), next != "[", next != end { steps.append(try field()) }
            }
        }
        skipBlanks()
        return steps
    }

    /// A name up to what ends it; a backslash takes that in.
    private mutating func field() throws(JSONPathError) -> JSONPath.Step {
        if take("*") { return .wildcard }
        let name = try name(until: " .,[]$@{}()=!<>")
        guard !name.isEmpty else { throw flaw("expected a name") }
        return .field(name)
    }

    private mutating func name(until ends: String) throws(JSONPathError) -> String {
        let ends = Set(ends.unicodeScalars)
        var name = String.UnicodeScalarView()
        while let next = peek(), !ends.contains(next) {
            place += 1
            guard next == "\\" else {
                name.append(next)
                continue
            }
            guard let escaped = peek() else { throw flaw("a backslash with nothing after it") }
            place += 1
            name.append(escaped)
        }
        return String(name)
    }
}

// MARK: - Between brackets

extension JSONPathParser {
    private mutating func bracketed() throws(JSONPathError) -> JSONPath.Step {
        skipBlanks()
        if take("?(") { return try filter() }
        var parts: [JSONPath.Step] = []
        repeat {
            skipBlanks()
            parts.append(try part())
            skipBlanks()
        } while take(",")
        guard take("]") else { throw flaw("expected ]") }
        return parts.count == 1 ? parts[0] : .union(parts.map { [$0] })
    }

    private mutating func part() throws(JSONPathError) -> JSONPath.Step {
        if take("*") { return .wildcard }
        if let text = try quoted() { return .field(text) }
        return .slice(try slice())
    }

    private mutating func slice() throws(JSONPathError) -> JSONPath.Slice {
        var slice = JSONPath.Slice(start: try integer())
        guard take(":") else {
            guard slice.start != nil else { throw flaw("expected a number, a name in quotes, * or ?(…)") }
            slice.isIndex = true
            return slice
        }
        slice.end = try integer()
        guard take(":") else { return slice }
        slice.step = try integer() ?? 1
        guard slice.step > 0 else { throw flaw("a slice's step is more than 0") }
        return slice
    }

    private mutating func integer() throws(JSONPathError) -> Int? {
        let start = place
        _ = take("-")
        while let next = peek(), "0"..."9" ~= next { place += 1 }
        guard place > start else { return nil }
        let digits = String(String.UnicodeScalarView(text[start..<place]))
        guard let number = Int(digits), abs(number) < 1 << 31 else { throw flaw("\(digits) is no index") }
        return number
    }

    /// Nil where no quote begins.
    private mutating func quoted() throws(JSONPathError) -> String? {
        guard let quote = peek(), quote == "'" || quote == "\"" else { return nil }
        place += 1
        let name = try name(until: String(quote))
        guard take(String(quote)) else { throw flaw("a quote is not closed") }
        return name
    }
}

// MARK: - Filters

extension JSONPathParser {
    private mutating func filter() throws(JSONPathError) -> JSONPath.Step {
        guard nesting < Self.nestingMax else { throw flaw("filters are nested too deep") }
        nesting += 1
        defer { nesting -= 1 }
        let left = try operand()
        var filter = JSONPath.Filter(left: left)
        if let relation = JSONPath.Relation.allCases.first(where: { take($0.rawValue) }) {
            filter.comparison = JSONPath.Comparison(relation: relation, right: try operand())
        }
        guard take(")") else { throw flaw("expected ) or a comparison: == != < <= > >=") }
        skipBlanks()
        guard take("]") else { throw flaw("expected ]") }
        return .filter(filter)
    }

    private mutating func operand() throws(JSONPathError) -> JSONPath.Operand {
        skipBlanks()
        defer { skipBlanks() }
        if take("@") { return .fromElement(try steps(until: ")")) }
        if take("$") { return .fromRoot(try steps(until: ")")) }
        if let text = try quoted() { return .literal(.string(text)) }
        if take("true") { return .literal(.bool(true)) }
        if take("false") { return .literal(.bool(false)) }
        let start = place
        while let next = peek(), "0"..."9" ~= next || "+-.eE".unicodeScalars.contains(next) { place += 1 }
        let digits = String(String.UnicodeScalarView(text[start..<place]))
        guard let number = Double(decimal: digits) else {
            throw flaw("expected @, $, a number, true, false or a text in quotes")
        }
        return .literal(.float(number))
    }
}

extension JSONPathParser {
    private func flaw(_ what: String) -> JSONPathError {
        JSONPathError("at character \(place + 1): \(what)")
    }

    private func peek() -> Unicode.Scalar? { place < text.count ? text[place] : nil }

    private mutating func take(_ word: String) -> Bool {
        guard text[place...].starts(with: word.unicodeScalars) else { return false }
        place += word.unicodeScalars.count
        return true
    }

    private mutating func skipBlanks() {
        while let next = peek(), next == " " || next == "\t" || next == "\n" { place += 1 }
    }
}
