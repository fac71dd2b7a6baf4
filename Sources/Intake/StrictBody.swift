import Foundation
import Manifests

/// A JSON object that somebody sends us: what it may say, and nothing else.
///
/// A misspelt key must not be taken for a default, so unknown keys are refused.
package protocol StrictBody: Decodable, Sendable {
    static var keys: [String] { get }
}

/// Why a body won't do, for the person who sent it: lower case, no stop.
package struct MalformedBody: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

extension StrictBody {
    package init(json bytes: [UInt8]) throws(MalformedBody) {
        do {
            self = try JSONDecoder().decode(Strict<Self>.self, from: Data(bytes)).value
        } catch let error as DecodingError {
            throw MalformedBody(error.sentence)
        } catch {
            throw MalformedBody("\(error)")
        }
    }
}

/// Looks at all keys before the value is decoded from the known ones.
private struct Strict<Value: StrictBody>: Decodable {
    let value: Value

    init(from decoder: any Decoder) throws {
        let found = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue).sorted()
        if let stranger = found.first(where: { !Value.keys.contains($0) }) {
            throw MalformedBody(
                unknown("key", "`\(stranger.prefix(64))`", stranger, Value.keys))
        }
        value = try Value(from: decoder)
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init?(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init?(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }
}

extension DecodingError {
    fileprivate var sentence: String {
        switch self {
        case .dataCorrupted(let context) where context.codingPath.isEmpty: "the body is not JSON"
        case .dataCorrupted(let context): "\(context.place): \(context.debugDescription)"
        case .keyNotFound(let key, _): "`\(key.stringValue)` is missing"
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            "\(context.place): expected \(Self.word(for: type))"
        @unknown default: "the body can't be read"
        }
    }

    private static func word(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is Int.Type: "a whole number"
        default: "a JSON object"
        }
    }
}

extension DecodingError.Context {
    fileprivate var place: String {
        codingPath.isEmpty ? "the body" : "`\(codingPath.map(\.stringValue).joined(separator: "."))`"
    }
}
