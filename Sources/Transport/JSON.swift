import Foundation

/// Any JSON document, whole: what nobody here understands stays in it as it was.
package enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])
}

// MARK: - Reading and writing

extension JSON {
    /// The text is no JSON; the message says what the reader saw.
    package struct SyntaxError: Error, CustomStringConvertible {
        package let description: String
    }

    package init(parsing bytes: some Sequence<UInt8>) throws(SyntaxError) {
        do {
            self.init(try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed))
        } catch {
            let reason = (error as NSError).userInfo[NSDebugDescriptionErrorKey]
            throw SyntaxError(description: "no JSON: \(reason ?? error)")
        }
    }

    package init(parsing text: String) throws(SyntaxError) {
        try self.init(parsing: text.utf8)
    }

    /// What Foundation's reader hands out.
    private init(_ value: Any) {
        switch value {
        case let text as String: self = .string(text)
        case let list as [Any]: self = .array(list.map(JSON.init))
        case let object as [String: Any]: self = .object(object.mapValues(JSON.init))
        case let number as NSNumber: self = JSON(number)
        default: self = .null
        }
    }

    /// A truth value is a number there too; its type is what tells it apart.
    private init(_ number: NSNumber) {
        switch UInt8(bitPattern: number.objCType.pointee) {
        case UInt8(ascii: "c"), UInt8(ascii: "B"): self = .bool(number.boolValue)
        case UInt8(ascii: "d"), UInt8(ascii: "f"): self = .number(number.doubleValue)
        case UInt8(ascii: "Q") where number.uint64Value > Int64.max: self = .number(number.doubleValue)
        default: self = .integer(number.int64Value)
        }
    }

    /// In one line, sorted by key: equal documents are equal bytes.
    package var bytes: [UInt8] { [UInt8](written([.sortedKeys, .withoutEscapingSlashes])) }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// For people.
    package var prettyText: String {
        String(
            decoding: written([.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]), as: UTF8.self)
    }

    private func written(_ options: JSONSerialization.WritingOptions) -> Data {
        guard
            let data = try? JSONSerialization.data(
                withJSONObject: foundation, options: options.union(.fragmentsAllowed))
        else { preconditionFailure("a number that is none (NaN, infinity) was put into a JSON document") }
        return data
    }

    private var foundation: Any {
        switch self {
        case .null: NSNull()
        case .bool(let value): value
        case .integer(let value): value
        case .number(let value): value
        case .string(let value): value
        case .array(let items): items.map(\.foundation)
        case .object(let members): members.mapValues(\.foundation)
        }
    }
}

// MARK: - Finding the way

extension JSON {
    /// A member of an object. A step to what isn't there leads to nothing; setting one makes an object of whatever
    /// was there, and setting nil takes the member away.
    package subscript(key: String) -> JSON? {
        get { object?[key] }
        set {
            var members = object ?? [:]
            members[key] = newValue
            self = .object(members)
        }
    }

    package subscript(index: Int) -> JSON? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }

    package var object: [String: JSON]? {
        if case .object(let members) = self { members } else { nil }
    }

    package var array: [JSON]? {
        if case .array(let items) = self { items } else { nil }
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// A whole number, also one that was written like `1.0`.
    package var integer: Int? {
        switch self {
        case .integer(let value): Int(exactly: value)
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    package var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    package var isNull: Bool { self == .null }
}

extension JSON? {
    /// A path reads like one: `object["spec"]["http"]`.
    package subscript(key: String) -> JSON? {
        get { self?[key] }
        set {
            var value = self ?? .object([:])
            value[key] = newValue
            self = value
        }
    }

    package subscript(index: Int) -> JSON? { self?[index] }
}

// MARK: - Literals

extension JSON: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(nilLiteral: ()) { self = .null }

    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }

    package init(_ text: String) { self = .string(text) }
    package init(_ number: Int) { self = .integer(Int64(number)) }
    package init(_ names: [String]) { self = .array(names.map(JSON.string)) }
    package init(_ members: [String: String]) { self = .object(members.mapValues(JSON.string)) }
}
