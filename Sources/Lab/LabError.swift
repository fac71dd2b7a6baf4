/// A part of the lab that doesn't run as it should. The text says what to do.
package struct LabError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
