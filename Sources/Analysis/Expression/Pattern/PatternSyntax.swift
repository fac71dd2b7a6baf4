/// What a regular expression says.
indirect enum PatternSyntax: Sendable {
    case scalar(Unicode.Scalar)
    case set(ScalarSet)
    case condition(Condition)
    case sequence([PatternSyntax])
    case choice([PatternSyntax])
    /// Without `most`, as often as there are.
    case repeated(PatternSyntax, least: Int, most: Int?)

    /// What takes no character, but asks what is around it.
    enum Condition: Sendable {
        case textBegins, textEnds, lineBegins, lineEnds, wordBoundary, noWordBoundary
    }
}

extension PatternSyntax {
    /// An upper bound of the instructions that it takes; far beyond the limit it stops counting.
    var size: Int {
        switch self {
        case .scalar, .set, .condition: 1
        case .sequence(let parts), .choice(let parts):
            parts.reduce(0) { min($0 + $1.size + 2, Limits.patternSize) }
        case .repeated(let part, let least, let most):
            min((part.size + 2) * max(most ?? least + 1, 1), Limits.patternSize)
        }
    }

    /// How often the part that is repeated most is repeated, by all the counts around it together.
    var repetitions: Int {
        switch self {
        case .scalar, .set, .condition: 1
        case .sequence(let parts), .choice(let parts): parts.map(\.repetitions).max() ?? 1
        case .repeated(let part, let least, let most):
            min(part.repetitions * max(most ?? least, 1), 1_000_000)
        }
    }
}

/// A set of characters, as `[a-z]`, `\d` or `.` name one.
struct ScalarSet: Sendable {
    /// In order, and apart from each other.
    private let ranges: [ClosedRange<UInt32>]
    private let categories: [Categories]
    private let isNegated: Bool
    private let ignoresCase: Bool

    /// `\pL`, `\P{Lu}`: by what kind of character it is.
    struct Categories: Sendable {
        let names: Set<String>
        let isNegated: Bool

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            names.contains(scalar.properties.generalCategory.name) != isNegated
        }
    }

    init(
        _ ranges: [ClosedRange<UInt32>], _ categories: [Categories] = [], isNegated: Bool = false,
        ignoresCase: Bool = false
    ) {
        self.ranges = ScalarSet.joined(ranges)
        self.categories = categories
        self.isNegated = isNegated
        self.ignoresCase = ignoresCase
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let isIn = ignoresCase ? scalar.caseVariants.contains(where: names) : names(scalar)
        return isIn != isNegated
    }

    private func names(_ scalar: Unicode.Scalar) -> Bool {
        hasRange(around: scalar.value) || categories.contains { $0.contains(scalar) }
    }

    private func hasRange(around value: UInt32) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(value)
    }

    private static func joined(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var joined: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, range.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }
}

extension Unicode.Scalar {
    /// Itself, and what it is equal to where case does not count.
    var caseVariants: [Unicode.Scalar] {
        let lower = simpleLowercase
        let upper = simpleUppercase
        let found = [self, lower, upper, upper.simpleLowercase, lower.simpleUppercase]
        return found + (Unicode.Scalar.thirds[upper.simpleLowercase] ?? [])
    }

    /// Letters with a third form: the Kelvin sign, the long s, the Ångström sign and the like.
    private static let thirds: [Unicode.Scalar: [Unicode.Scalar]] = [
        "k": ["\u{212A}"], "s": ["\u{17F}"], "å": ["\u{212B}"], "μ": ["\u{B5}"], "θ": ["\u{3D1}", "\u{3F4}"],
        "ω": ["\u{2126}"], "β": ["\u{3D0}"], "ε": ["\u{3F5}"], "κ": ["\u{3F0}"], "π": ["\u{3D6}"],
        "ρ": ["\u{3F1}"], "σ": ["\u{3C2}"], "φ": ["\u{3D5}"], "ι": ["\u{345}", "\u{1FBE}"],
        "ß": ["\u{1E9E}"], "ṡ": ["\u{1E9B}"],
    ]
}

extension Unicode.GeneralCategory {
    /// Its short name, such as `Lu`.
    fileprivate var name: String {
        switch self {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: "Cn"
        }
    }
}
