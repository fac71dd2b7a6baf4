/// A regular expression for names of metrics, as `dryRun` has them: unanchored, in the syntax that Go and most
/// others share.
///
/// The pattern may come from anybody who can write a manifest, so it is matched by following all its ways at once:
/// the time is the length of the pattern times that of the name, whatever they say.
struct NamePattern {
    static let lengthMax = 256

    private let states: [State]
    private let start: Int

    /// One place in the pattern, and what leads on from there.
    enum State {
        case one(of: CharacterSet, next: Int)
        case either(Int, Int)
        case atStart(next: Int)
        case atEnd(next: Int)
        case matched
    }

    /// The characters that fit at one place.
    struct CharacterSet {
        var ranges: [ClosedRange<Unicode.Scalar>]
        var isInverted = false

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            ranges.contains { $0.contains(scalar) } != isInverted
        }
    }

    struct Flaw: Error {
        let message: String
    }

    init(_ text: String) throws(Flaw) {
        guard text.utf8.count <= Self.lengthMax else {
            throw Flaw(message: "is longer than \(Self.lengthMax) characters")
        }
        var parser = NamePatternParser(text)
        (states, start) = try parser.parse()
    }

    /// Whether it matches anywhere in the name.
    func matches(_ name: String) -> Bool {
        let scalars = Array(name.unicodeScalars)
        var active: Set<Int> = []
        for position in 0...scalars.count {
            follow(start, into: &active, isFirst: position == 0, isLast: position == scalars.count)
            if active.contains(where: isMatch) { return true }
            if position < scalars.count {
                active = step(active, over: scalars[position], isLast: position + 1 == scalars.count)
            }
        }
        return false
    }

    private func isMatch(_ state: Int) -> Bool {
        if case .matched = states[state] { true } else { false }
    }

    private func step(_ active: Set<Int>, over scalar: Unicode.Scalar, isLast: Bool) -> Set<Int> {
        var after: Set<Int> = []
        for state in active {
            guard case .one(let set, let next) = states[state], set.contains(scalar) else { continue }
            follow(next, into: &after, isFirst: false, isLast: isLast)
        }
        return after
    }

    /// Adds a state, and those that it leads to without taking a character.
    private func follow(_ state: Int, into active: inout Set<Int>, isFirst: Bool, isLast: Bool) {
        var pending = [state]
        while let state = pending.popLast() {
            guard active.insert(state).inserted else { continue }
            switch states[state] {
            case .either(let one, let other): pending += [one, other]
            case .atStart(let next): if isFirst { pending.append(next) }
            case .atEnd(let next): if isLast { pending.append(next) }
            case .one, .matched: break
            }
        }
    }
}

extension Shape where Output == NamePattern {
    static var namePattern: Shape {
        Shape { field in
            field.note(.length(to: NamePattern.lengthMax))
            guard let text = field.read(.nonEmptyString) else { return nil }
            do throws(NamePattern.Flaw) {
                return try NamePattern(text)
            } catch {
                field.refuse("\(quoted(text)) \(error.message)")
                return nil
            }
        }
    }
}
