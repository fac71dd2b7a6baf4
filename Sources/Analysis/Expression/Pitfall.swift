/// Something in a condition that can be read and hardly ever means what it says: where, what it comes to, and how to
/// mend it.
package struct Pitfall: Sendable, Equatable {
    /// From 1, the column in Unicode scalars.
    package let line: Int
    package let column: Int
    package let message: String

    fileprivate init(_ place: ExpressionError) {
        (line, column, message) = (place.line, place.column, place.message)
    }
}

extension Pitfall: CustomStringConvertible {
    package var description: String {
        line == 1 ? "column \(column): \(message)" : "line \(line), column \(column): \(message)"
    }
}

extension Condition {
    /// What a condition is for.
    package enum Purpose: String, Sendable { case success, failure }

    /// The pitfalls over results of a type that the condition fits.
    package func pitfalls(
        for result: ValueType, as purpose: Purpose, judgedBy judgement: Judgement
    ) -> [Pitfall] {
        let search = PitfallSearch(result: result, purpose: purpose, judgement: judgement)
        return search.found(in: expression.syntax)
            .sorted { $0.offset < $1.offset }.map { Pitfall($0.located(in: source)) }
    }

    /// Whether it asks this function anything.
    package func calls(_ function: String) -> Bool {
        expression.syntax.contains {
            if case .call(let builtin, _) = $0 { builtin.name == function } else { false }
        }
    }

    /// Whether it looks at one element of the result by its number.
    package var picksAnElement: Bool { expression.syntax.contains(\.picksAnElement) }
}

/// Looks for what is allowed and not meant.
private struct PitfallSearch {
    let result: ValueType
    let purpose: Condition.Purpose
    let judgement: Judgement

    func found(in syntax: Syntax) -> [ExpressionError] {
        var found = constant(syntax).map { [$0] } ?? []
        found += missingGuard(syntax).map { [$0] } ?? []
        found += unreadNumber(syntax).map { [$0] } ?? []
        syntax.visit { part, isInConjunction in
            found += form(part).map { [$0] } ?? []
            if !isInConjunction { found += Conjunction(part).contradictions }
        }
        return found
    }

    /// What one part says by itself.
    private func form(_ syntax: Syntax) -> ExpressionError? {
        switch syntax.form {
        case .sequence(let parts):
            return fail("only what stands behind the last `;` counts; join the parts with `&&`", parts[0])
        case .ordering(let first, let links):
            guard case .unary(.not, _) = first.form else { return nil }
            let sign = links[0].comparison.rawValue
            return fail("`not` is asked before `\(sign)`; write `not (a \(sign) b)`", first)
        case .binary(.coalesce, let left, _) where left.form.picksAnElement:
            return fail(
                "`??` does not help where there is no such element; write `get(result, 0) ?? …`", syntax)
        case .binary(.equal, let left, let right) where isAboutNil(left, right),
            .binary(.unequal, let left, let right) where isAboutNil(left, right):
            return fail("the result is a list and never nil; ask whether `len(result) == 0`", syntax)
        case .call(let builtin, _): return call(builtin.name, syntax)
        default: return nil
        }
    }

    private func call(_ name: String, _ syntax: Syntax) -> ExpressionError? {
        guard isList else { return nil }
        switch name {
        case "isNil":
            return fail("the result is a list and never nil; ask whether `len(result) == 0`", syntax)
        case "default":
            return fail(
                "the result is a list and never nil, so that its default is never used; write `get(result, 0) ?? …`",
                syntax)
        default: return nil
        }
    }

    private var isList: Bool {
        guard case .array(let element) = result else { return false }
        return element != .any
    }

    private func isAboutNil(_ left: Syntax, _ right: Syntax) -> Bool {
        guard isList else { return false }
        switch (left.form, right.form) {
        case (.result, .literal(.none)), (.literal(.none), .result): return true
        default: return false
        }
    }

    private func fail(_ message: String, _ syntax: Syntax) -> ExpressionError {
        ExpressionError(.check, at: syntax.offset, message)
    }
}

extension PitfallSearch {
    /// A condition that asks nothing of the measurement.
    private func constant(_ syntax: Syntax) -> ExpressionError? {
        guard !syntax.contains(\.asksTheWorld) else { return nil }
        var evaluator = Evaluator(Environment(result: .none, type: result))
        guard
            case .success(.bool(let answer)) = Result(catching: { () throws(ExpressionError) in
                try evaluator.value(of: syntax)
            })
        else { return nil }
        if purpose == .success, !answer {
            return fail(
                "this is false whatever is measured, so that nothing can ever be good; ask about `result`",
                syntax)
        }
        if purpose == .failure {
            return fail("this is \(answer) whatever is measured; ask about `result`", syntax)
        }
        return nil
    }

    /// Under the safe rules an empty answer is no data, whatever the condition says of it. Argo's documents have to say
    /// it themselves.
    private func missingGuard(_ syntax: Syntax) -> ExpressionError? {
        guard judgement == .argo, isList, let place = syntax.first(where: \.picksAnElement) else {
            return nil
        }
        guard !syntax.contains(\.asksForLength) else { return nil }
        let mend = purpose == .success ? "len(result) == 0 || …" : "len(result) > 0 && …"
        return fail(
            "an answer without any series makes this an error, and errors in a row take the release back; write `\(mend)`",
            place)
    }

    /// What stores write for a number that is none is read like any other, and fails every comparison.
    private func unreadNumber(_ syntax: Syntax) -> ExpressionError? {
        guard !isList,
            !syntax.contains({ if case .call(let builtin, _) = $0 { builtin.name == "isNaN" } else { false } }
            )
        else { return nil }
        let place = syntax.first { form in
            guard case .call(let builtin, let arguments) = form, builtin.name == "asFloat" else {
                return false
            }
            return arguments.first.map { !$0.form.isNumber(result) } ?? false
        }
        return place.map {
            fail(
                "`asFloat` reads \"NaN\" too, which fails every comparison; ask `isNaN(…)` of it as well", $0)
        }
    }
}

/// Comparisons that must hold together, and whether they can.
private struct Conjunction {
    private var bounds: [String: Interval] = [:]
    private(set) var contradictions: [ExpressionError] = []

    /// The numbers that pass. An end that is out is not one of them.
    private struct Interval {
        var least = -Double.infinity
        var most = Double.infinity
        var isLeastOut = false
        var isMostOut = false

        var isEmpty: Bool { least > most || least == most && (isLeastOut || isMostOut) }
    }

    init(_ syntax: Syntax) {
        collect(syntax)
    }

    private mutating func collect(_ syntax: Syntax) {
        switch syntax.form {
        case .binary(.and, let left, let right):
            collect(left)
            collect(right)
        case .binary(.equal, let left, let right): compare(left, .equal, right, at: syntax.offset)
        case .ordering(let first, let links):
            var left = first
            for link in links {
                compare(left, link.comparison, link.operand, at: link.offset)
                left = link.operand
            }
        default: break
        }
    }

    private mutating func compare(_ left: Syntax, _ sign: BinaryOperator, _ right: Syntax, at offset: Int) {
        if let name = left.form.spelling, left.form.constant == nil, let number = right.form.constant {
            narrow(name, sign, number, at: offset)
        } else if let name = right.form.spelling, right.form.constant == nil, let number = left.form.constant
        {
            narrow(name, sign.turned, number, at: offset)
        }
    }

    private mutating func narrow(_ name: String, _ sign: BinaryOperator, _ number: Double, at offset: Int) {
        var interval = bounds[name] ?? Interval(least: name.isCount ? 0 : -.infinity)
        guard !interval.isEmpty else { return }
        if [.equal, .greater, .greaterOrEqual].contains(sign), number >= interval.least {
            interval.isLeastOut = sign == .greater || number == interval.least && interval.isLeastOut
            interval.least = number
        }
        if [.equal, .less, .lessOrEqual].contains(sign), number <= interval.most {
            interval.isMostOut = sign == .less || number == interval.most && interval.isMostOut
            interval.most = number
        }
        if sign == .equal, number < interval.least || number > interval.most { interval.most = -.infinity }
        bounds[name] = interval
        if interval.isEmpty {
            let message = "no `\(name)` passes this and what stands before it, so that it can never be true; "
            contradictions.append(
                ExpressionError(.check, at: offset, message + "did you mean `||`, or another number?"))
        }
    }
}

extension BinaryOperator {
    /// As seen from the other side.
    fileprivate var turned: BinaryOperator {
        switch self {
        case .less: .greater
        case .greater: .less
        case .lessOrEqual: .greaterOrEqual
        case .greaterOrEqual: .lessOrEqual
        default: self
        }
    }
}

extension String {
    /// What these functions count is never less than nothing.
    fileprivate var isCount: Bool { hasPrefix("len(") || hasPrefix("count(") }
}

extension Syntax {
    /// Every part, the whole first; and whether it stands in an `&&` that was visited before.
    fileprivate func visit(_ isInConjunction: Bool = false, _ visit: (Syntax, Bool) -> Void) {
        visit(self, isInConjunction)
        let isConjunction = if case .binary(.and, _, _) = form { true } else { false }
        for child in form.children { child.visit(isConjunction, visit) }
    }

    fileprivate func first(where fits: (Form) -> Bool) -> Syntax? {
        if fits(form) { return self }
        for child in form.children {
            if let found = child.first(where: fits) { return found }
        }
        return nil
    }

    fileprivate func contains(_ fits: (Form) -> Bool) -> Bool { first(where: fits) != nil }
}

extension Syntax.Form {
    /// Whether its answer depends on more than what is written.
    fileprivate var asksTheWorld: Bool {
        switch self {
        case .result, .names: true
        case .call(let builtin, _): ["default", "isNil", "now"].contains(builtin.name)
        default: false
        }
    }

    /// `result[0]`.
    fileprivate var picksAnElement: Bool {
        guard case .member(let base, let index, _) = self, case .result = base.form else { return false }
        return index.form.constant != nil
    }

    fileprivate var asksForLength: Bool {
        guard case .call(let builtin, let arguments) = self, builtin.name == "len" else { return false }
        return arguments.first.map { if case .result = $0.form { true } else { false } } ?? false
    }

    fileprivate func isNumber(_ result: ValueType) -> Bool {
        switch self {
        case .literal(let value): value.number != nil
        case .result: result.isNumber
        default: false
        }
    }

    /// The number that is written here.
    fileprivate var constant: Double? {
        switch self {
        case .literal(let value): value.number
        case .unary(.minus, let operand): operand.form.constant.map { -$0 }
        default: nil
        }
    }

    /// How what is measured is named, for what can be compared by its name.
    fileprivate var spelling: String? {
        switch self {
        case .result: return "result"
        case .literal(let value): return value.description
        case .unary(.minus, let operand): return operand.form.spelling.map { "-" + $0 }
        case .member(let base, let index, _):
            guard let base = base.form.spelling, let index = index.form.spelling else { return nil }
            return "\(base)[\(index)]"
        case .call(let builtin, let arguments):
            let spelled = arguments.map(\.form.spelling)
            guard spelled.allSatisfy({ $0 != nil }) else { return nil }
            return "\(builtin.name)(\(spelled.compactMap(\.self).joined(separator: ", ")))"
        default: return nil
        }
    }
}
