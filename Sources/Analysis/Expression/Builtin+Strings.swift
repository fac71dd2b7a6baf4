/// The functions about strings. They count bytes, as expr does, and never cut a character in two.
enum Strings {
    static func trim(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let text = try call.string(0)
        try evaluator.pass(text, at: call.offset)
        guard call.values.count > 1 else { return .string(trimmed(text) { $0.properties.isWhitespace }) }
        let cut = Set(try call.string(1).unicodeScalars)
        return .string(trimmed(text, cut.contains))
    }

    private static func trimmed(_ text: String, _ isCut: (Unicode.Scalar) -> Bool) -> String {
        let scalars = text.unicodeScalars.drop(while: isCut)
        guard let last = scalars.lastIndex(where: { !isCut($0) }) else { return "" }
        return String(scalars[...last])
    }

    static func trimPrefix(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let (text, cut) = (try call.bytes(0), call.values.count > 1 ? try call.bytes(1) : [32])
        try evaluator.pass(text, at: call.offset)
        return .string(
            String(decoding: text.starts(with: cut) ? text.dropFirst(cut.count) : text[...], as: UTF8.self))
    }

    static func trimSuffix(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let (text, cut) = (try call.bytes(0), call.values.count > 1 ? try call.bytes(1) : [32])
        try evaluator.pass(text, at: call.offset)
        let hasSuffix = text.suffix(cut.count).elementsEqual(cut)
        return .string(String(decoding: hasSuffix ? text.dropLast(cut.count) : text[...], as: UTF8.self))
    }

    static func upper(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        try mapped(&evaluator, call, \.simpleUppercase)
    }

    static func lower(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        try mapped(&evaluator, call, \.simpleLowercase)
    }

    private static func mapped(
        _ evaluator: inout Evaluator, _ call: Call, _ letter: (Unicode.Scalar) -> Unicode.Scalar
    ) throws(ExpressionError) -> Value {
        let text = try call.string(0)
        try evaluator.spend(text.utf8.count, at: call.offset)
        try evaluator.allocate(text.utf8.count, at: call.offset)
        var mapped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { mapped.append(letter(scalar)) }
        return .string(String(mapped))
    }

    static func hasPrefix(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let (text, part) = (try call.bytes(0), try call.bytes(1))
        try evaluator.pass(text, at: call.offset)
        return .bool(text.starts(with: part))
    }

    static func hasSuffix(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let (text, part) = (try call.bytes(0), try call.bytes(1))
        try evaluator.pass(text, at: call.offset)
        return .bool(text.count >= part.count && text.suffix(part.count).elementsEqual(part))
    }

    static func indexOf(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let (text, part) = (try call.bytes(0), try call.bytes(1))
        try evaluator.pass(text, at: call.offset)
        return .int(Int64(text.places(of: part, atMost: 1).first ?? -1))
    }

    static func lastIndexOf(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let (text, part) = (try call.bytes(0), try call.bytes(1))
        try evaluator.pass(text, at: call.offset)
        if part.isEmpty { return .int(Int64(text.count)) }
        return .int(Int64(text.places(of: part, mayOverlap: true).last ?? -1))
    }
}

/// The functions that cut strings up and put them together.
extension Strings {
    static func split(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        try pieces(&evaluator, call, keepsSeparator: false)
    }

    static func splitAfter(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        try pieces(&evaluator, call, keepsSeparator: true)
    }

    /// At most as many pieces as the third argument says; the last one is the rest. Less than zero means all.
    private static func pieces(
        _ evaluator: inout Evaluator, _ call: Call, keepsSeparator: Bool
    ) throws(ExpressionError) -> Value {
        let (text, separator) = (try call.bytes(0), try call.bytes(1))
        let limit = call.values.count > 2 ? Int(clamping: try call.int(2)) : -1
        try evaluator.pass(text, at: call.offset)
        try evaluator.allocate(text.count + 1, at: call.offset)
        if limit == 0 { return .array([]) }
        let cuts = cuts(of: text, separator, atMost: limit < 0 ? .max : limit - 1)
        var (pieces, start) = ([Value](), 0)
        for cut in cuts {
            let end = keepsSeparator ? cut + separator.count : cut
            pieces.append(.string(String(decoding: text[start..<end], as: UTF8.self)))
            start = cut + separator.count
        }
        let isDone = separator.isEmpty && text.isEmpty
        if !isDone { pieces.append(.string(String(decoding: text[start...], as: UTF8.self))) }
        return .array(pieces)
    }

    /// An empty separator is between all characters.
    private static func cuts(of text: [UInt8], _ separator: [UInt8], atMost limit: Int) -> [Int] {
        separator.isEmpty
            ? Array(text.starts.dropFirst().prefix(limit)) : text.places(of: separator, atMost: limit)
    }

    static func join(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let glue = call.values.count > 1 ? try call.string(1) : ""
        var (joined, isFirst) = ("", true)
        for part in try call.array(0) {
            guard case .string(let text) = part else {
                throw call.fail("joins strings, but got \(part.type)")
            }
            try evaluator.allocate(text.utf8.count + glue.utf8.count + 1, at: call.offset)
            joined += isFirst ? text : glue + text
            isFirst = false
        }
        return .string(joined)
    }

    /// An empty text stands before every character and at the end.
    static func replace(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let (text, old, new) = (try call.bytes(0), try call.bytes(1), try call.bytes(2))
        let limit = call.values.count > 3 ? Int(clamping: try call.int(3)) : -1
        try evaluator.pass(text, at: call.offset)
        let bound = limit < 0 ? Int.max : limit
        let places =
            old.isEmpty
            ? Array((text.starts + [text.count]).prefix(bound)) : text.places(of: old, atMost: bound)
        let (added, overflow) = places.count.multipliedReportingOverflow(by: new.count)
        try evaluator.allocate(overflow ? .max : text.count &+ added, at: call.offset)
        var (replaced, rest) = ([UInt8](), 0)
        for place in places {
            replaced += text[rest..<place] + new
            rest = place + old.count
        }
        return .string(String(decoding: replaced + text[rest...], as: UTF8.self))
    }

    static func `repeat`(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let (text, count) = (try call.string(0), try call.int(1))
        guard count >= 0 else { throw call.fail("can't repeat anything \(count) times") }
        let (size, overflow) = text.utf8.count.multipliedReportingOverflow(by: Int(clamping: count))
        try evaluator.allocate(overflow ? .max : max(size, Int(clamping: count)), at: call.offset)
        return .string(String(repeating: text, count: Int(count)))
    }
}

extension Call {
    func bytes(_ index: Int) throws(ExpressionError) -> [UInt8] { Array(try string(index).utf8) }
}

extension Evaluator {
    /// What it costs to look at a text from end to end.
    mutating func pass(_ text: some Collection, at offset: Int) throws(ExpressionError) {
        try spend(text.count / 8, at: offset)
    }

    mutating func pass(_ text: String, at offset: Int) throws(ExpressionError) {
        try spend(text.utf8.count / 8, at: offset)
    }
}

extension [UInt8] {
    /// Where the characters begin.
    fileprivate var starts: [Int] { indices.filter { self[$0] & 0b1100_0000 != 0b1000_0000 } }
}

extension Unicode.Scalar {
    /// One letter for one letter, as Go has it: `ß` stays what it is.
    var simpleUppercase: Unicode.Scalar {
        single(properties.uppercaseMapping) ?? single(properties.titlecaseMapping) ?? self
    }

    var simpleLowercase: Unicode.Scalar {
        self == "\u{130}" ? "i" : single(properties.lowercaseMapping) ?? self
    }

    private func single(_ text: String) -> Unicode.Scalar? {
        let scalars = text.unicodeScalars
        return scalars.count == 1 ? scalars.first : nil
    }
}
