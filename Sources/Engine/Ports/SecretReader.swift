package import Analysis

/// Reads secrets, each at the moment when it is needed.
package protocol SecretReader: Sendable {
    func read(_ secret: SecretReference) async throws(SecretFailure) -> String
}

/// Why a secret can't be had; never what is in it.
package struct SecretFailure: Error, Hashable, Sendable {
    /// Whether asking again may help by itself.
    package let isOutage: Bool
    package let message: String

    package init(isOutage: Bool, _ message: String) {
        self.isOutage = isOutage
        self.message = message
    }
}
