import Analysis
import ArgumentParser
import Foundation

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Evaluate a condition or expression on a value, as a metric would.",
        discussion: """
            Prints what it comes to. An error is shown at its place, with exit 1.
            The whole language is in docs/conditions.md.

            Examples:
              headgate evaluate 'result[0] >= 0.95' --floats 0.98,0.9
              headgate evaluate 'result.ok && result.successPercent >= 0.9' --json '{"ok":true,"successPercent":0.95}'
              headgate evaluate 'default(result, 0) < 0.05' --nil
            """)

    @Argument(help: "The expression; `result` is the value.") var expression: String
    @OptionGroup(title: "What the store answered (one of them)") var given: GivenResult
    @Option(name: .shortAndLong, help: "text or json.") var output: OutputFormat = .text

    func run() throws {
        for warning in try warnings() { Output.complain("warning: \(warning)") }
        print(try answer())
    }

    /// What is printed.
    func answer() throws -> String {
        let now = Int64(Date().timeIntervalSince1970 * 1_000_000_000)
        let (value, type) = try given.measured()
        let outcome: Value
        do throws(ExpressionError) {
            outcome = try Expression(parsing: expression).evaluate(
                Environment(result: value, type: type, nowNanoseconds: now))
        } catch {
            throw CommandError(Self.pointed(error, in: expression))
        }
        return try shown(outcome)
    }

    /// What is allowed and hardly meant. What is no condition is not warned of: `answer` has to say about it.
    func warnings() throws -> [String] {
        let (value, type) = try given.measured()
        do throws(ExpressionError) {
            let condition = try Condition(parsing: expression)
            try condition.check(result: type ?? value.type)
            return condition.pitfalls(for: type ?? value.type, as: .success, judgedBy: .safe).map(
                \.description)
        } catch {
            return []
        }
    }

    private func shown(_ outcome: Value) throws -> String {
        switch output {
        case .json: try Output.json(["outcome": outcome.description, "type": outcome.type.description])
        case .text, .table, .yaml: outcome.description
        }
    }

    /// The error, the line that it is in, and a mark under the place.
    static func pointed(_ error: ExpressionError, in expression: String) -> String {
        let lines = expression.split(separator: "\n", omittingEmptySubsequences: false)
        let line = lines.indices.contains(error.line - 1) ? lines[error.line - 1] : ""
        // What stands before is repeated as blanks, and tabs as tabs, so that the mark stands below its place.
        let margin = line.unicodeScalars.prefix(max(0, error.column - 1)).map { $0 == "\t" ? "\t" : " " }
        return "\(error)\n  \(line)\n  \(margin.joined())^"
    }
}

/// The measurement that an expression is asked about, as one of the kinds that stores answer with.
struct GivenResult: ParsableArguments {
    @Option(help: "A list, as Prometheus answers: numbers with commas between them; an empty text for none.")
    var floats: String?
    @Option(help: "One number, as scalar(…) makes it.") var float: String?
    @Option(help: "One whole number.") var int: Int64?
    @Option(name: .customLong("string"), help: "A text.") var text: String?
    @Option(help: "A JSON document.") var json: String?
    @Flag(name: .customLong("nil"), help: "Nothing at all.") var isNil = false

    func validate() throws {
        let given = [floats != nil, float != nil, int != nil, text != nil, json != nil, isNil]
        guard given.count(where: \.self) == 1 else {
            throw ValidationError(
                "say what the store answered: one of --floats, --float, --int, --string, --json and --nil")
        }
    }

    /// The value, and its type where that is more than the value shows.
    func measured() throws -> (Value, ValueType?) {
        if let floats {
            let numbers = try floats.split(separator: ",").map { try number(String($0), "--floats") }
            return (.array(numbers.map(Value.float)), .array(.float))
        }
        if let float { return (.float(try number(float, "--float")), nil) }
        if let int { return (.int(int), nil) }
        if let text { return (.string(text), nil) }
        return (try json.map(document) ?? .none, nil)
    }

    private func number(_ text: String, _ option: String) throws -> Double {
        guard let number = Double(text.trimmingCharacters(in: .whitespaces)) else {
            throw CommandError("\(option): \"\(text)\" is not a number; write it like 0.95, NaN or +Inf")
        }
        return number
    }

    private func document(_ text: String) throws -> Value {
        do {
            return Value(
                json: try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed))
        } catch {
            throw CommandError("--json is not JSON: \(error.localizedDescription)")
        }
    }
}

extension Value {
    /// JSON as a web metric sees it: all numbers are floats.
    fileprivate init(json: Any) {
        switch json {
        case let number as NSNumber where number.isBoolean: self = .bool(number.boolValue)
        case let number as NSNumber: self = .float(number.doubleValue)
        case let text as String: self = .string(text)
        case let list as [Any]: self = .array(list.map(Value.init(json:)))
        case let map as [String: Any]: self = .map(map.mapValues(Value.init(json:)))
        default: self = .none
        }
    }
}

extension NSNumber {
    /// JSONSerialization makes `true` a number too; its Objective-C type tells them apart.
    fileprivate var isBoolean: Bool { String(cString: objCType) == "c" }
}
