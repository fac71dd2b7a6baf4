/// The functions that write a value as a text and read one from it.
enum Texts {
    static func string(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        if case .string = call.values[0] { return call.values[0] }
        var writer = GoText()
        guard writer.write(call.values[0]) else {
            throw call.fail("can't spell a time, which depends on a zone")
        }
        try evaluator.allocate(writer.text.utf8.count, at: call.offset)
        return .string(writer.text)
    }

    static func type(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        switch call.values[0] {
        case .none: .string("nil")
        case .bool: .string("bool")
        case .int: .string("int")
        case .float: .string("float")
        case .string: .string("string")
        case .array: .string("array")
        case .map, .groups: .string("map")
        case .time: .string("time.Time")
        case .duration: .string("time.Duration")
        }
    }

    static func toJSON(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        var writer = JSONWriter()
        if let culprit = writer.write(call.values[0]) {
            throw call.fail("can't write \(culprit): JSON has no such thing")
        }
        try evaluator.allocate(writer.text.utf8.count, at: call.offset)
        return .string(writer.text)
    }

    static func fromJSON(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let text = try call.bytes(0)
        try evaluator.spend(text.count, at: call.offset)
        try evaluator.allocate(text.count, at: call.offset)
        var reader = JSONReader(text)
        guard let value = reader.document() else {
            throw call.fail("can't read this JSON; the trouble is at its byte \(reader.place + 1)")
        }
        return value
    }

    static func toBase64(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let bytes = try call.bytes(0)
        try evaluator.spend(bytes.count, at: call.offset)
        try evaluator.allocate(bytes.count / 3 * 4 + 4, at: call.offset)
        return .string(Base64.text(of: bytes))
    }

    static func fromBase64(_ evaluator: inout Evaluator, _ call: Call) throws(ExpressionError) -> Value {
        let text = try call.bytes(0)
        try evaluator.spend(text.count, at: call.offset)
        try evaluator.allocate(text.count, at: call.offset)
        guard let bytes = Base64.bytes(in: text), let string = String(validating: bytes, as: UTF8.self) else {
            throw call.fail("can't read \(call.values[0]) as base64 of a text")
        }
        return .string(string)
    }
}

/// Base64 with padding; line breaks are passed over, as in Go.
private enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(of bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * (3 - UInt32(group.count)))
            let letters = [18, 12, 6, 0].map { alphabet[Int(bits >> UInt32($0) & 63)] }
            text += letters.prefix(group.count + 1)
            text += Array(repeating: UInt8(ascii: "="), count: 3 - group.count)
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func bytes(in text: [UInt8]) -> [UInt8]? {
        let letters = text.filter { $0 != 10 && $0 != 13 }
        guard letters.count % 4 == 0 else { return nil }
        let padding = letters.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return nil }
        var (bytes, bits) = ([UInt8](), UInt32(0))
        for (index, letter) in letters.dropLast(padding).enumerated() {
            guard let value = value(of: letter) else { return nil }
            bits = bits << 6 | UInt32(value)
            if index % 4 > 0 { bytes.append(UInt8(truncatingIfNeeded: bits >> [0, 4, 2, 0][index % 4])) }
        }
        return bytes
    }

    private static func value(of letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
