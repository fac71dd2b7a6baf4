import Foundation
import Testing

@testable import Analysis

/// One row of `Vectors/expr_vectors.tsv`: what expr itself answered.
struct Vector: Sendable, CustomTestStringConvertible {
    let kind: String
    let result: String
    let source: String
    let outcome: String

    var testDescription: String { "\(kind) \(result): \(source)" }

    static let all: [Vector] = {
        guard let url = Bundle.module.url(forResource: "Vectors/expr_vectors", withExtension: "tsv"),
            let text = try? String(contentsOf: url, encoding: .utf8)
        else { return [] }
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(Vector.init(row:))
    }()

    /// An expression may hold a tab itself, so the outcome is counted from the end.
    private init(row: Substring) {
        let fields = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        kind = fields[0]
        result = fields[1]
        source = fields[2..<(fields.count - 1)].joined(separator: "\t")
        outcome = fields[fields.count - 1]
    }

    /// Some day in 2027.
    private static let now: Int64 = 1_800_000_000_000_000_000

    /// What the provider of this kind would have measured.
    func environment() throws -> Environment {
        switch kind {
        case "floats":
            let floats = result.split(separator: ",").map { Value.float(Double($0) ?? .nan) }
            return Environment(result: .array(floats), type: .array(.float), nowNanoseconds: Vector.now)
        case "float": return Environment(result: .float(Double(result) ?? .nan), nowNanoseconds: Vector.now)
        case "int": return Environment(result: .int(Int64(result) ?? 0), nowNanoseconds: Vector.now)
        case "str": return Environment(result: .string(result), nowNanoseconds: Vector.now)
        case "json": return Environment(result: try json(result), nowNanoseconds: Vector.now)
        default: return Environment(result: .none, nowNanoseconds: Vector.now)
        }
    }

    /// What we answer, written as the rows write it.
    func answer() throws -> String {
        do {
            return spelled(try Expression(parsing: source).evaluate(try environment()))
        } catch let error as ExpressionError {
            return error.stage == .run ? "ERROR run" : "ERROR compile"
        }
    }
}

/// A JSON document as a provider hands it over: all numbers are floats.
func json(_ text: String) throws -> Value {
    try JSONDecoder().decode(Document.self, from: Data(text.utf8)).value
}

private struct Document: Decodable {
    let value: Value

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            value = .none
        } else if let bool = try? container.decode(Bool.self) {
            value = .bool(bool)
        } else if let float = try? container.decode(Double.self) {
            value = .float(float)
        } else if let string = try? container.decode(String.self) {
            value = .string(string)
        } else if let elements = try? container.decode([Document].self) {
            value = .array(elements.map(\.value))
        } else {
            value = .map(try container.decode([String: Document].self).mapValues(\.value))
        }
    }
}

private func spelled(_ value: Value) -> String {
    switch value {
    case .int(let int): "\(int) :int"
    case .float(let float): go(float) + " :float"
    case .none: "nil"
    default: compact(value)
    }
}

private func compact(_ value: Value) -> String {
    switch value {
    case .none: "null"
    case .float(let float): go(float)
    case .array(let elements): "[" + elements.map(compact).joined(separator: ",") + "]"
    case .string(let string): "\"" + escaped(string) + "\""
    case .map(let map): object(map.map { ($0.key, $0.value) })
    case .groups(let groups): object(zip(groups.keys.map(\.description), groups.values).map { $0 })
    default: value.description
    }
}

private func escaped(_ string: String) -> String {
    string.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\"", with: "\\\"")
}

private func object(_ members: [(String, Value)]) -> String {
    "{" + members.sorted { $0.0 < $1.0 }.map { "\"\($0)\":" + compact($1) }.joined(separator: ",") + "}"
}

private func go(_ float: Double) -> String {
    if float.isNaN { return "NaN" }
    if float.isInfinite { return float > 0 ? "+Inf" : "-Inf" }
    return float.description.hasSuffix(".0") ? String(float.description.dropLast(2)) : float.description
}
