/// Why an expression has no answer, and where in its source to look.
package struct ExpressionError: Error, Sendable, Equatable {
    /// How far the expression came.
    package enum Stage: String, Sendable, Equatable {
        case lex, parse, check, run
    }

    package let stage: Stage

    /// Where the trouble begins, in UTF-8 bytes from the start of the source.
    package let offset: Int

    /// The same place as an editor shows it: both from 1, the column in Unicode scalars.
    package private(set) var line = 1
    package private(set) var column = 1

    /// What was found and what was expected; without the place.
    package let message: String

    init(_ stage: Stage, at offset: Int, _ message: String) {
        self.stage = stage
        self.offset = offset
        self.column = offset + 1
        self.message =
            message.utf8.count > Limits.message ? message.prefix(Limits.message / 2) + "…" : message
    }

    /// The stages know offsets only; whoever holds the source turns them into a line and a column.
    func located(in source: String) -> ExpressionError {
        let before = source.utf8.prefix(offset)
        let lineStart =
            before.lastIndex(of: UInt8(ascii: "\n")).map(before.index(after:)) ?? before.startIndex
        var located = self
        located.line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        located.column = 1 + before[lineStart...].count { $0 & 0b1100_0000 != 0b1000_0000 }
        return located
    }
}

extension ExpressionError: CustomStringConvertible {
    package var description: String {
        line == 1 ? "column \(column): \(message)" : "line \(line), column \(column): \(message)"
    }
}
