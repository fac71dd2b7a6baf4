import Foundation

/// What a hook answers: `{"accepted":true,"delivery":"build-4711","release":"v2","rollout":"checkout"}`.
package struct WebhookReceipt: Hashable, Codable, Sendable {
    package var accepted = true
    package let delivery: String
    package let release: String
    package let rollout: String

    init(delivery: String, release: String, rollout: String) {
        self.delivery = delivery
        self.release = release
        self.rollout = rollout
    }

    /// Keys are sorted, so that equal receipts are equal text.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(self) else {
            preconditionFailure("strings and a boolean are always JSON")
        }
        return String(decoding: json, as: UTF8.self)
    }
}
