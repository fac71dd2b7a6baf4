import Analysis
import ArgumentParser
import Foundation

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Evaluate a condition or expression on a value, as a metric would.",
        discussion: """
            Examples:
              headgate evaluate 'result[0] >= 0.95' --floats 0.98,0.9
              headgate evaluate 'result.ok && result.successPercent >= 0.9' --json '{"ok":true,"successPercent":0.95}'
              headgate evaluate 'default(result, 0) < 0.05' --nil
            """)

    @Argument(help: "The expression; `result` is the value.") var expression: String
    @Option(help: "What Prometheus answered: numbers with commas between them; an empty text for none.")
    var floats: String?
    @Option(help: "What a JSON endpoint answered.") var json: String?
    @Flag(name: .customLong("nil"), help: "The store answered with nothing.") var isNil = false
    @Option(name: .shortAndLong, help: "text or json.") var output: OutputFormat = .text

    func validate() throws {
        guard [floats != nil, json != nil, isNil].count(where: \.self) == 1 else {
            throw ValidationError("say what the store answered: one of --floats, --json and --nil")
        }
    }

    func run() throws {
        let (value, type) = try answer()
        let now = Int64(Date().timeIntervalSince1970 * 1_000_000_000)
        do throws(ExpressionError) {
            let outcome = try Expression(parsing: expression).evaluate(
                Environment(result: value, type: type, nowNanoseconds: now))
            try show(outcome)
        } catch {
            throw CommandError("\(error)\n  \(expression)\n  \(pointer(to: error))")
        }
    }

    private func show(_ outcome: Value) throws(ExpressionError) {
        switch output {
        case .json: print("{\"outcome\": \"\(outcome)\", \"type\": \"\(outcome.type)\"}")
        case .text, .table, .yaml: print(outcome)
        }
    }

    private func answer() throws -> (Value, ValueType?) {
        if let floats { return (.array(try floats.numbers().map { .float($0) }), .array(.float)) }
        guard let json else { return (.none, nil) }
        do {
            return (
                Value(
                    json: try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)),
                nil
            )
        } catch {
            throw CommandError("--json is not JSON: \(error.localizedDescription)")
        }
    }

    /// A caret under the place, for an expression of one line.
    private func pointer(to error: ExpressionError) -> String {
        String(repeating: " ", count: max(0, error.column - 1)) + "^"
    }
}

extension String {
    fileprivate func numbers() throws -> [Double] {
        try split(separator: ",").map { part in
            guard let number = Double(part.trimmingCharacters(in: .whitespaces)) else {
                throw CommandError("--floats: \"\(part)\" is not a number")
            }
            return number
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
