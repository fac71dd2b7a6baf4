/// Why a webhook was not taken in. The text says what to change; it never carries a secret or a signature.
package enum WebhookRefusal: Error, Hashable, Sendable {
    /// The server has no secret to check a signature with.
    case switchedOff
    case oversized(bytes: Int)
    /// A header that every delivery bears is missing.
    case unsigned(missing: String)
    case wrongSignature
    /// Signed too long ago, or for a time yet to come: by so many seconds.
    case stale(seconds: Int64)
    case malformed(String)
    /// The delivery's id was taken in before with another body.
    case replayed(delivery: String)
}

extension WebhookRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .switchedOff:
            "webhooks are switched off: the server has no secret for them; configure one and give it to CI"
        case .oversized(let bytes):
            "the body has \(bytes) bytes or more; \(WebhookVerifier.bodyBytesMax) is the limit"
        case .unsigned(let header): "the header \(header) is missing; every delivery must be signed"
        case .wrongSignature:
            "the signature fits none of the secrets; it must cover timestamp, delivery, rollout and body, "
                + "joined by line feeds"
        case .stale(let seconds) where seconds < 0:
            "signed \(-seconds) s ahead of the server's time; set the clocks"
        case .stale(let seconds):
            "signed \(seconds) s ago, more than \(WebhookVerifier.windowSeconds); sign it anew, or set the clocks"
        case .malformed(let why): why
        case .replayed(let delivery):
            "delivery \(delivery) was taken in before with another body; give every announcement an id of its own"
        }
    }
}
