package import Analysis

extension SampleFailure {
    /// What a status means that is none of success, with the store's own words where it has some.
    package init(status: Int, saying words: String? = nil) {
        let words = words.map { ": \(shown($0))" } ?? ""
        guard !isTrouble(status) else {
            self.init(.outage, "answered \(status)\(words)")
            return
        }
        self.init(.refused, "answered \(status)\(words)\(Self.advice(on: status))")
    }

    private static func advice(on status: Int) -> String {
        switch status {
        case 401, 403: "; check the credentials that are configured for this address"
        case 404: "; check the address: nothing of the kind is there"
        case 300..<400: "; redirects are not followed: give the address that it leads to"
        default: ""
        }
    }

    /// An answer of a good status that is not what this store answers: something else listens there, or is in between.
    package static func unreadable(_ reason: String) -> SampleFailure {
        SampleFailure(.outage, "answered with what it never answers: \(shown(reason))")
    }
}

/// The statuses with which a store, or what stands before it, says that it can't answer now.
func isTrouble(_ status: Int) -> Bool {
    status >= 500 || status == 408 || status == 425 || status == 429
}

/// In one line, and not longer than people read.
package func shown(_ text: String) -> String {
    let text = text.trimmingBlanks
    let line = String(text.prefix(500).map { $0.isNewline ? " " : $0 })
    return line.count < text.count ? line + "…" : line
}

extension String {
    var trimmingBlanks: String {
        var rest = self[...]
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest.drop(while: \.isWhitespace))
    }
}
