/// How large an expression may be and how much one evaluation may do. Conditions come from files that many people
/// can write, and are evaluated where rollouts wait: no text of theirs may cost more than a moment.
enum Limits {
    static let sourceBytes = 16 * 1024
    static let nodes = 10_000
    /// How deep parentheses, calls and the like may be nested. Each costs the parser a few frames of the stack.
    static let nesting = 100
    /// How high the tree may be, which operators in a row raise too. Each costs the evaluator a few frames.
    static let height = 200
    static let steps = 2_000_000
    /// Array elements and bytes of strings that one evaluation makes.
    static let elements = 1_000_000
}
