/// The way from a document's root to one of its values: `spec.strategy.canary.steps[2].setWeight`.
///
/// Made at every step of a walk and seldom shown, so it becomes text only when asked.
package indirect enum FieldPath: Sendable, Hashable {
    case root
    case key(String, in: FieldPath)
    case index(Int, in: FieldPath)

    package func appending(key: String) -> FieldPath { .key(key, in: self) }
    package func appending(index: Int) -> FieldPath { .index(index, in: self) }
}

extension FieldPath: CustomStringConvertible {
    package var description: String {
        switch self {
        case .root: ""
        case .index(let index, let parent): "\(parent)[\(index)]"
        case .key(let key, .root) where key.isPlainKey: key
        case .key(let key, let parent) where key.isPlainKey: "\(parent).\(key)"
        case .key(let key, let parent): "\(parent)[\(quoted(key))]"
        }
    }
}

extension String {
    /// Whether it can stand in a path without quotes.
    fileprivate var isPlainKey: Bool {
        !isEmpty && utf8.count <= shownMax
            && utf8.allSatisfy { byte in
                let character = Character(UnicodeScalar(byte))
                return byte < 0x80 && (character.isLetter || character.isNumber || "_-".contains(character))
            }
    }
}
