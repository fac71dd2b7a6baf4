package import Analysis

/// One thing that must never happen, whatever does. A law sees what a witness could see, and nothing of the
/// faults.
protocol Law {
    var name: String { get }

    /// What is wrong with this, in words; none when it is lawful.
    mutating func see(_ sight: Sight, at moment: Moment) -> String?
}

package struct Violation: Hashable, Sendable {
    package let law: String
    package let text: String
    package let moment: Moment
}
