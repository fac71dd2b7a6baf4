/// What one side signs and the other checks: when, which delivery, for which rollout, and the body. CI signs what
/// it announces, and the server signs what it asks a gate.
///
/// The signed bytes are the timestamp, the delivery's id, the rollout's name and the body, joined by line feeds.
/// The first three can't contain one, so no two messages spell the same bytes. As CI sends it:
///
///     BODY='{"release":"v2"}' T=$(date +%s) ID=build-4711 ROLLOUT=checkout
///     SIG=$(printf '%s\n%s\n%s\n%s' "$T" "$ID" "$ROLLOUT" "$BODY" \
///         | openssl dgst -sha256 -hmac "$SECRET" -r | cut -d' ' -f1)
///     curl --fail-with-body "$HEADGATE/v1/hooks/ci/$ROLLOUT" -H 'Content-Type: application/json' \
///         -H "X-Headgate-Timestamp: $T" -H "X-Headgate-Delivery: $ID" -H "X-Headgate-Signature: sha256=$SIG" \
///         -d "$BODY"
package struct WebhookMessage: Hashable, Sendable {
    /// Seconds since 1970 in decimal digits, as they were sent.
    package let timestamp: String
    package let delivery: String
    package let rollout: String
    package let body: [UInt8]

    package init(timestamp: String, delivery: String, rollout: String, body: [UInt8]) {
        self.timestamp = timestamp
        self.delivery = delivery
        self.rollout = rollout
        self.body = body
    }

    package static let signatureHeader = "X-Headgate-Signature"
    package static let timestampHeader = "X-Headgate-Timestamp"
    package static let deliveryHeader = "X-Headgate-Delivery"

    /// The value of `X-Headgate-Signature`.
    package func signature(by secret: WebhookSecret) -> String {
        Self.scheme + secret.code(for: signed).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Whether one of the secrets made the signature. All are tried: which one fits must not show in the time.
    package func isSigned(_ signature: String, byOneOf secrets: [WebhookSecret]) -> Bool {
        guard signature.hasPrefix(Self.scheme),
            let code = bytes(ofHex: signature.dropFirst(Self.scheme.count))
        else { return false }
        return secrets.reduce(false) { fits, secret in secret.accepts(code, for: signed) || fits }
    }

    private static let scheme = "sha256="

    private var signed: [UInt8] {
        Array("\(timestamp)\n\(delivery)\n\(rollout)\n".utf8) + body
    }
}

private func bytes(ofHex text: Substring) -> [UInt8]? {
    let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
        guard let high = digits[index], let low = digits[index + 1] else { return nil }
        bytes.append(UInt8(high << 4 | low))
    }
    return bytes
}
