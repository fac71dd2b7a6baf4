package import Analysis

/// What `headgate journal verify` found.
package struct Verification: Hashable, Sendable {
    /// How many rows were read before the first broken one, or in all.
    package let count: Int
    /// The hash of the last of them.
    package let head: [UInt8]
    /// The first place where the journal is not what was written; none when all of it is.
    package let flaw: Flaw?

    /// What is wrong, and where.
    package struct Flaw: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            /// The row does not say what it said when it was recorded.
            case changed
            /// So many rows are gone before this one.
            case missing(Int)
            /// The row was put in by somebody else.
            case inserted
            /// The row is in order in itself, but is not the one that the next row, or the end, was chained to.
            case replaced
            /// So many rows are gone at the end.
            case cut(Int)
        }

        package let kind: Kind
        /// The broken row; for `cut` the first that is gone.
        package let number: Int64
        /// What the row says, where there is one.
        package let rollout: String?
        package let moment: Moment?
    }
}

extension Verification: CustomStringConvertible {
    package var description: String {
        guard let flaw else { return "\(count) entries, nothing changed; last hash \(hex)" }
        return "\(flaw); \(count) entries before it are as they were recorded"
    }

    private var hex: String {
        head.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension Verification.Flaw: CustomStringConvertible {
    package var description: String {
        let place = rollout.map { " (\($0)\(moment.map { ", \($0)" } ?? ""))" } ?? ""
        return "row \(number)\(place): \(finding)"
    }

    private var finding: String {
        switch kind {
        case .changed: "changed since it was recorded"
        case .missing(let count): "\(count) missing before it"
        case .inserted: "inserted; the journal never recorded it"
        case .replaced: "replaced; what follows was chained to another row"
        case .cut(let count): "cut off at the end, \(count) missing"
        }
    }
}
