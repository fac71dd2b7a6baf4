/// How large an expression may be and how much one evaluation may do. Conditions come from files that many people
/// can write, and are evaluated where rollouts wait: no text of theirs may cost more than a moment.
enum Limits {
    static let sourceBytes = 16 * 1024
    static let nodes = 10_000
    /// How deep parentheses, calls and the like may be nested. Each costs the parser a few frames of the stack.
    static let nesting = 100
    /// How high the tree may be, which operators in a row raise too. Each costs the evaluator a few frames.
    static let height = 200
    /// How deep arrays and maps that an expression makes may be nested.
    static let depth = 100
    /// Bytes of a message; what is measured may stand in it.
    static let message = 4_000
    static let steps = 2_000_000
    /// Instructions of one regular expression, and how often it may repeat anything; RE2 has the same bound.
    static let patternSize = 10_000
    static let repetitions = 1_000
    /// Array elements and bytes of strings that one evaluation makes.
    static let elements = 1_000_000
}
