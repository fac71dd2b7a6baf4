/// How much worse a canary may be: up to `ratio` times the stable rate, plus `absolute`.
///
/// It is part of what is tested, not a filter behind the test: a canary within it is never taken back for it.
package struct Margin: Hashable, Codable, Sendable {
    package var ratio: Double
    package var absolute: Double

    package init(ratio: Double = 1.25, absolute: Double = 0) {
        self.ratio = ratio
        self.absolute = absolute
    }
}
