/// One thing to be said about a file: where, what, why.
///
/// `rollouts/checkout.yaml:14:9: steps[2].setWeight: 120 is more than 100`
package struct Diagnostic: Error, Sendable, Hashable {
    package let file: String
    /// From one; nil when it is about the file as a whole.
    package let line: Int?
    package let column: Int?
    /// The field in the document, such as `steps[2].setWeight`; empty when it is about none.
    package let path: String
    package let severity: Severity
    /// Lower case, no stop.
    package let message: String

    package enum Severity: String, Sendable { case error, warning }

    package init(
        at mark: YAMLMark, path: String = "", severity: Severity = .error, _ message: String
    ) {
        file = mark.file
        line = mark.isInText ? mark.line : nil
        column = mark.isInText ? mark.column : nil
        self.path = path
        self.severity = severity
        self.message = message
    }

    /// About a file as a whole.
    package init(file: String, severity: Severity = .error, _ message: String) {
        self.file = file
        line = nil
        column = nil
        path = ""
        self.severity = severity
        self.message = message
    }
}

extension Diagnostic: CustomStringConvertible {
    package var description: String {
        let place = [file, line.map(String.init), column.map(String.init)].compactMap(\.self)
        let parts = [place.joined(separator: ":"), severity == .warning ? "warning" : "", path, message]
        return parts.filter { !$0.isEmpty }.joined(separator: ": ")
    }
}

extension Diagnostic {
    /// By file, then from top to bottom; what is about the whole file comes first.
    package static func isOrdered(_ one: Diagnostic, before other: Diagnostic) -> Bool {
        (one.file, one.line ?? 0, one.column ?? 0) < (other.file, other.line ?? 0, other.column ?? 0)
    }
}
