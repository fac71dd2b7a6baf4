/// Collects what is to be said about one or more files while they are read.
///
/// A class, because everything that reads a document reports to the same one. It stays in the task that made it.
package final class Diagnostics {
    /// A hostile file can be wrong in a hundred thousand places, and nobody reads so many.
    package static let countMax = 1_000

    private var collected: [Diagnostic] = []
    private var omitted: [String: Int] = [:]
    package private(set) var hasErrors = false

    package init() {}

    /// Adds a diagnostic. The message is not made when there are already too many.
    package func report(
        _ diagnostic: @autoclosure () -> Diagnostic, severity: Diagnostic.Severity, file: String
    ) {
        if severity == .error { hasErrors = true }
        if collected.count < Self.countMax {
            collected.append(diagnostic())
        } else {
            omitted[file, default: 0] += 1
        }
    }

    package func report(_ diagnostic: Diagnostic) {
        report(diagnostic, severity: diagnostic.severity, file: diagnostic.file)
    }

    /// Everything reported, by file and from top to bottom; at one place in the order of the reports.
    package var sorted: [Diagnostic] {
        collected.sorted(by: Diagnostic.isOrdered) + omitted.sorted { $0.key < $1.key }.map(Self.rest)
    }

    /// Stops here when there are errors.
    package func throwIfErrors() throws(InvalidDocument) {
        if hasErrors { throw InvalidDocument(diagnostics: sorted) }
    }

    private static func rest(file: String, count: Int) -> Diagnostic {
        Diagnostic(file: file, "and \(count) more")
    }
}

/// A file was refused. Holds everything to be said about it, at least one of it an error.
package struct InvalidDocument: Error, Sendable, CustomStringConvertible {
    package let diagnostics: [Diagnostic]

    /// One diagnostic a line.
    package var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
