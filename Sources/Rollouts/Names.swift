/// A rollout's name: what people type, and what its routes and journal entries are filed under.
package struct RolloutName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { text }

    package static func < (left: RolloutName, right: RolloutName) -> Bool {
        left.text < right.text
    }
}

extension RolloutName: Codable {
    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// The number of an event within its rollout, counted from one.
///
/// It is the fence as well: every write to a mesh bears the sequence of the event that wanted it, and a router
/// refuses to go below the number that is already there.
package typealias Sequence = UInt64
