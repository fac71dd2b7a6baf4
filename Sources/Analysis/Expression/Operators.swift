/// An operator that stands between two operands.
enum BinaryOperator: String, Sendable {
    case or = "||"
    case and = "&&"
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case greater = ">"
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case `in`, matches, contains, startsWith, endsWith
    case range = ".."
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case power = "**"
    case coalesce = "??"
}

/// A spelling, what it means and how tightly it binds.
struct BinarySpelling: Sendable {
    let meaning: BinaryOperator
    let precedence: Int
    var isRightAssociative = false
    /// Whether `not` may stand before it, as in `not in`.
    var isNegatable = false
}

extension BinaryOperator {
    /// The precedence table; the numbers are those of expr, so that rows can be compared.
    static let spellings: [String: BinarySpelling] = [
        "||": BinarySpelling(meaning: .or, precedence: 10),
        "or": BinarySpelling(meaning: .or, precedence: 10),
        "&&": BinarySpelling(meaning: .and, precedence: 15),
        "and": BinarySpelling(meaning: .and, precedence: 15),
        "==": BinarySpelling(meaning: .equal, precedence: 20),
        "!=": BinarySpelling(meaning: .unequal, precedence: 20),
        "<": BinarySpelling(meaning: .less, precedence: 20),
        ">": BinarySpelling(meaning: .greater, precedence: 20),
        "<=": BinarySpelling(meaning: .lessOrEqual, precedence: 20),
        ">=": BinarySpelling(meaning: .greaterOrEqual, precedence: 20),
        "in": BinarySpelling(meaning: .in, precedence: 20, isNegatable: true),
        "matches": BinarySpelling(meaning: .matches, precedence: 20, isNegatable: true),
        "contains": BinarySpelling(meaning: .contains, precedence: 20, isNegatable: true),
        "startsWith": BinarySpelling(meaning: .startsWith, precedence: 20, isNegatable: true),
        "endsWith": BinarySpelling(meaning: .endsWith, precedence: 20, isNegatable: true),
        "..": BinarySpelling(meaning: .range, precedence: 25),
        "+": BinarySpelling(meaning: .add, precedence: 30),
        "-": BinarySpelling(meaning: .subtract, precedence: 30),
        "*": BinarySpelling(meaning: .multiply, precedence: 60),
        "/": BinarySpelling(meaning: .divide, precedence: 60),
        "%": BinarySpelling(meaning: .remainder, precedence: 60),
        "**": BinarySpelling(meaning: .power, precedence: 100, isRightAssociative: true),
        "^": BinarySpelling(meaning: .power, precedence: 100, isRightAssociative: true),
        "??": BinarySpelling(meaning: .coalesce, precedence: 500),
    ]

    /// `a < b < c` is a chain of these.
    var isOrdering: Bool {
        switch self {
        case .less, .greater, .lessOrEqual, .greaterOrEqual: true
        default: false
        }
    }
}

/// An operator that stands before its operand.
enum UnaryOperator: String, Sendable {
    case not = "!"
    case minus = "-"
    case plus = "+"

    /// `not` binds looser than arithmetic and tighter than comparison: `not a > b` is `(not a) > b`.
    static let spellings: [String: (meaning: UnaryOperator, precedence: Int)] = [
        "not": (.not, 50), "!": (.not, 50), "-": (.minus, 90), "+": (.plus, 90),
    ]
}
