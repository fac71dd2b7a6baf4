import Analysis

/// A condition as it is written, and where.
struct ConditionText {
    let text: String
    let field: Field
    let purpose: Condition.Purpose

    /// What is wrong with it for the answers that the query can give; nil when nothing is.
    func flaw(for query: Query) -> String? {
        do throws(ExpressionError) {
            let condition = try Condition(parsing: sample)
            return flaw(of: condition, query)
        } catch {
            return "\(quoted(text)) is no condition: \(error)"
        }
    }

    /// It as it can be asked about; nil when it has a flaw, which is told elsewhere.
    func condition(for query: Query) -> Condition? {
        guard let condition = try? Condition(parsing: sample), flaw(of: condition, query) == nil else {
            return nil
        }
        return condition
    }

    /// What the condition fits: the list that the query gives, or the number that it may give.
    func type(of condition: Condition) -> ValueType {
        condition.complaint(about: .array(.float)) == nil ? .array(.float) : .float
    }

    /// What a release fills in later is a word by then, and no word changes whether a condition can be read.
    private var sample: String {
        Placeholder.allCases.reduce(text) { $0.replacing($1.token, with: "x") }
    }

    private func flaw(of condition: Condition, _ query: Query) -> String? {
        guard let complaint = condition.complaint(about: .array(.float)) else { return nil }
        guard condition.complaint(about: .float) == nil else {
            return "\(quoted(text)) does not fit a list of numbers, which the query gives: \(complaint)"
        }
        if query.mayGiveScalar { return nil }
        return "\(quoted(text)) asks for one number, but the query gives a list of them: write `result[0]`, "
            + "or make one number of it with scalar(…)"
    }
}

extension Condition {
    fileprivate func complaint(about result: ValueType) -> ExpressionError? {
        do throws(ExpressionError) {
            try check(result: result)
            return nil
        } catch {
            return error
        }
    }
}

extension Query {
    /// Whether Prometheus may answer with one number instead of a vector. Only these make one, and a number
    /// written out.
    fileprivate var mayGiveScalar: Bool {
        guard range == nil else { return false }
        return ["scalar", "time", "pi"].contains { text.contains($0) } || Double(text) != nil
    }
}
