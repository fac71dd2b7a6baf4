import Analysis
import Transport

/// What a program printed, as the value that conditions see. Pure.
enum ExecOutput: String {
    case number, json, text

    func value(_ printed: String, path: String) throws(SampleFailure) -> Value {
        let text = printed.trimmingBlanks
        switch self {
        case .text: return .string(text)
        case .json: return try first(path, in: try document(text))
        case .number:
            if text.isEmpty { throw SampleFailure(.noData, "printed nothing") }
            guard let number = Double(text) else {
                throw SampleFailure(
                    .refused,
                    "printed \"\(shown(String(text.prefix(80))))\", which is no number; print one number")
            }
            return .float(number)
        }
    }

    private func document(_ text: String) throws(SampleFailure) -> Value {
        if text.isEmpty { throw SampleFailure(.noData, "printed nothing") }
        do throws(JSON.SyntaxError) {
            return Value(measured: try JSON(parsing: text))
        } catch {
            throw SampleFailure(.refused, "printed no JSON")
        }
    }

    private func first(_ path: String, in document: Value) throws(SampleFailure) -> Value {
        guard let first = try JSONPath.matches(of: path, in: document).first else {
            throw SampleFailure(.noData, "\(path) leads to nothing in what was printed")
        }
        return first
    }
}
