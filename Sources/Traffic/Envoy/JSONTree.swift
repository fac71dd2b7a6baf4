import Foundation
import Transport

/// A place in a JSON document that may have any shape: a step to what isn't there leads to nothing.
struct JSONTree {
    let value: Any?

    init(_ value: Any?) {
        self.value = value
    }

    /// Nothing, where the bytes are no JSON.
    init(parsing bytes: [UInt8]) {
        // What can't be read is a shape like any other here: the caller finds nothing in it.
        value = try? JSONSerialization.jsonObject(with: Data(bytes))
    }

    subscript(key: String) -> JSONTree {
        JSONTree((value as? [String: Any])?[key])
    }

    var elements: [JSONTree] {
        (value as? [Any])?.map { JSONTree($0) } ?? []
    }

    var string: String? { value as? String }

    var number: Int? { value as? Int }

    /// The whole of it, to be read as a document of no one shape; none where there is no object.
    var document: JSON? {
        // What was read as JSON is JSON.
        (value as? [String: Any]).flatMap { try? JSON(parsing: Self.bytes(of: $0)) }
    }

    /// The only element; nothing where there are none or several.
    var single: JSONTree {
        elements.count == 1 ? elements[0] : JSONTree(nil)
    }

    /// Sorted by key, so that equal documents are equal bytes.
    static func bytes(of object: [String: Any]) -> [UInt8] {
        let options: JSONSerialization.WritingOptions = [
            .prettyPrinted, .sortedKeys, .withoutEscapingSlashes,
        ]
        guard let data = try? JSONSerialization.data(withJSONObject: object, options: options) else {
            preconditionFailure("only what JSON can hold is ever put into a route's document")
        }
        return [UInt8](data) + [UInt8(ascii: "\n")]
    }
}
