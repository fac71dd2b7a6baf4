/// Reads JSON as a measurement has it: all numbers are floats.
struct JSONReader {
    private let bytes: [UInt8]
    /// Where it is, and after a failure where the trouble is.
    private(set) var place = 0
    private var nesting = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Nil when this is no JSON.
    mutating func document() -> Value? {
        guard let value = value() else { return nil }
        skipBlanks()
        return place == bytes.count ? value : nil
    }

    private mutating func value() -> Value? {
        skipBlanks()
        guard let next = peek() else { return nil }
        switch next {
        case UInt8(ascii: "{"): return nested { $0.map() }
        case UInt8(ascii: "["): return nested { $0.array() }
        case UInt8(ascii: "\""): return string().map(Value.string)
        case UInt8(ascii: "t"): return take("true") ? .bool(true) : nil
        case UInt8(ascii: "f"): return take("false") ? .bool(false) : nil
        case UInt8(ascii: "n"): return take("null") ? Value.none : nil
        default: return number()
        }
    }

    private mutating func nested(_ read: (inout JSONReader) -> Value?) -> Value? {
        guard nesting < Limits.depth else { return nil }
        nesting += 1
        defer { nesting -= 1 }
        place += 1
        return read(&self)
    }

    private mutating func array() -> Value? {
        var elements: [Value] = []
        if takeMark("]") { return .array([]) }
        repeat {
            guard let element = value() else { return nil }
            elements.append(element)
        } while takeMark(",")
        return takeMark("]") ? .array(elements) : nil
    }

    private mutating func map() -> Value? {
        var map: [String: Value] = [:]
        if takeMark("}") { return .map([:]) }
        repeat {
            skipBlanks()
            guard let key = string(), takeMark(":"), let value = value() else { return nil }
            map[key] = value
        } while takeMark(",")
        return takeMark("}") ? .map(map) : nil
    }

    private mutating func number() -> Value? {
        let start = place
        _ = take("-")
        guard take("0") || digits() else { return nil }
        if take("."), !digits() { return nil }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits() else { return nil }
        }
        guard let float = Double(decimal: String(decoding: bytes[start..<place], as: UTF8.self)),
            float.isFinite
        else { return nil }
        return .float(float)
    }

    private mutating func digits() -> Bool {
        let start = place
        while let next = peek(), UInt8(ascii: "0")...UInt8(ascii: "9") ~= next { place += 1 }
        return place > start
    }
}

extension JSONReader {
    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        var text: [UInt8] = []
        while let next = peek(), next != UInt8(ascii: "\""), next >= 0x20 {
            place += 1
            guard next == UInt8(ascii: "\\") else {
                text.append(next)
                continue
            }
            guard let scalar = escaped() else { return nil }
            text += Array(String(scalar).utf8)
        }
        return take("\"") ? String(decoding: text, as: UTF8.self) : nil
    }

    private mutating func escaped() -> Unicode.Scalar? {
        guard let letter = peek() else { return nil }
        place += 1
        if letter == UInt8(ascii: "u") { return coded() }
        return JSONReader.escapes[letter]
    }

    private static let escapes: [UInt8: Unicode.Scalar] = [
        UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/",
        UInt8(ascii: "b"): "\u{8}",
        UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]

    /// Two codes of a pair make one character; one of a pair alone makes none, and Go writes the sign for that.
    private mutating func coded() -> Unicode.Scalar? {
        guard let first = code() else { return nil }
        if let scalar = Unicode.Scalar(first) { return scalar }
        let start = place
        if first < 0xDC00, take("\\u"), let second = code(), 0xDC00...0xDFFF ~= second {
            return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        }
        place = start
        return "\u{FFFD}"
    }

    private mutating func code() -> UInt32? {
        guard place + 4 <= bytes.count else { return nil }
        let digits = String(decoding: bytes[place..<place + 4], as: UTF8.self)
        guard digits.utf8.first != UInt8(ascii: "+"), let code = UInt32(digits, radix: 16) else { return nil }
        place += 4
        return code
    }

    private func peek() -> UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func take(_ word: String) -> Bool {
        guard bytes[place...].starts(with: word.utf8) else { return false }
        place += word.utf8.count
        return true
    }

    /// With blanks before it.
    private mutating func takeMark(_ mark: String) -> Bool {
        skipBlanks()
        return take(mark)
    }

    private mutating func skipBlanks() {
        while let next = peek(), next == 32 || 9...10 ~= next || next == 13 { place += 1 }
    }
}
