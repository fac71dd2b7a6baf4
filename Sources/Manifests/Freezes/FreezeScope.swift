package import Rollouts

/// Which rollouts a freeze is about. What is empty asks for nothing.
package struct FreezeScope: Hashable, Sendable {
    /// Names, or parts of them with `*` for the rest. One is enough.
    package let names: [String]
    /// All of them have to be there.
    package let labels: [String: String]

    package init(names: [String] = [], labels: [String: String] = [:]) {
        self.names = names
        self.labels = labels
    }

    package func contains(_ declaration: Declaration) -> Bool {
        let isNamed = names.isEmpty || names.contains { Self.covers($0, declaration.name) }
        return isNamed && labels.allSatisfy { declaration.labels?[$0.key] == $0.value }
    }

    /// Goes back to the last star only, so that no pattern takes longer than its length times the name's.
    static func covers(_ pattern: String, _ name: RolloutName) -> Bool {
        let (pattern, name) = (pattern.utf8, name.text.utf8)
        var (position, place) = (pattern.startIndex, name.startIndex)
        var star: (after: String.Index, place: String.Index)?
        while place < name.endIndex {
            if position < pattern.endIndex, pattern[position] == UInt8(ascii: "*") {
                position = pattern.index(after: position)
                star = (position, place)
            } else if position < pattern.endIndex, pattern[position] == name[place] {
                position = pattern.index(after: position)
                place = name.index(after: place)
            } else if let last = star {
                let next = name.index(after: last.place)
                star = (last.after, next)
                (position, place) = (last.after, next)
            } else {
                return false
            }
        }
        return pattern[position...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
