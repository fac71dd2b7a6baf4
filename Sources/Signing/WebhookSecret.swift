import Crypto
import Foundation

/// A secret that the server shares with CI, or with a gate. It can be compared and used, never shown.
package struct WebhookSecret: Sendable {
    /// A shorter one can be guessed.
    package static let bytesMin = 16

    private let key: SymmetricKey

    /// Nil when it is shorter than `bytesMin`.
    package init?(_ text: String) {
        guard text.utf8.count >= Self.bytesMin else { return nil }
        key = SymmetricKey(data: Data(text.utf8))
    }

    func code(for message: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
    }

    /// Takes the same time whether the first byte differs or the last.
    func accepts(_ code: [UInt8], for message: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message, using: key)
    }
}

extension WebhookSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "a webhook secret" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
