/// Something that was seen before a release is moved, and that is or may be in its way.
package struct Finding: Hashable, Codable, Sendable {
    package enum Severity: String, Hashable, Codable, Sendable, CaseIterable {
        /// The release can't be moved like this, or must not be: its start is refused.
        case error
        /// It can, and may fare worse for it.
        case warning
        /// Worth to know.
        case note
    }

    package var severity: Severity
    /// What was looked for, in one word that never changes: `mtls`, `endpoints`.
    package let check: String
    /// `VirtualService shop/web`
    package let subject: String
    package let what: String
    package let why: String
    package let mend: String

    package init(
        _ severity: Severity, _ check: String, _ subject: String, _ what: String, why: String, mend: String
    ) {
        self.severity = severity
        self.check = check
        self.subject = subject
        self.what = what
        self.why = why
        self.mend = mend
    }

    private enum CodingKeys: String, CodingKey {
        case severity, check, what, why, mend
        case subject = "where"
    }

    /// `VirtualService shop/web: is not there; create it`
    package var sentence: String { "\(subject): \(what); \(mend)" }
}

extension Finding {
    /// The check that `requireMTLS` is about.
    package static let mtls = "mtls"
}

extension [Finding] {
    package var errors: [Finding] { filter { $0.severity == .error } }
    package var warnings: [Finding] { filter { $0.severity == .warning } }

    /// The worst first; what is alike stays in its order.
    package var ranked: [Finding] {
        errors + warnings + filter { $0.severity == .note }
    }

    /// `1 error, 2 warnings, 1 note`, or that there is nothing.
    package var countText: String {
        let counts = Finding.Severity.allCases.compactMap { severity -> String? in
            let count = count { $0.severity == severity }
            return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
        }
        return counts.isEmpty ? "nothing in the way" : counts.joined(separator: ", ")
    }

    /// `VirtualService shop/web: is not there; create it (and 2 more errors)`; none without an error.
    package var refusal: String? {
        guard let first = errors.first else { return nil }
        let others = errors.count - 1
        return first.sentence + (others == 0 ? "" : " (and \(others) more error\(others == 1 ? "" : "s"))")
    }
}
