package import Analysis
package import Signing

/// What arrived at a hook, not yet believed. Headers are as they were sent; none where there was none.
package struct WebhookRequest: Sendable {
    package let rollout: String
    package let signature: String?
    package let timestamp: String?
    package let delivery: String?
    package let body: [UInt8]

    package init(rollout: String, signature: String?, timestamp: String?, delivery: String?, body: [UInt8]) {
        self.rollout = rollout
        self.signature = signature
        self.timestamp = timestamp
        self.delivery = delivery
        self.body = body
    }
}

/// Somebody who knows a secret announces a release.
package struct Announcement: Hashable, Sendable {
    package let rollout: String
    package let delivery: String
    package let release: String
    package let body: [UInt8]
}

/// Decides whether a webhook is to be believed. Pure; asks no clock.
package struct WebhookVerifier: Sendable {
    package static let signatureHeader = WebhookMessage.signatureHeader
    package static let timestampHeader = WebhookMessage.timestampHeader
    package static let deliveryHeader = WebhookMessage.deliveryHeader
    package static let bodyBytesMax = 64 * 1024
    /// A signature is good for so long, before and after.
    package static let windowSeconds: Int64 = 300
    package static let deliveryLengthMax = 128

    /// More than one while CI changes over to a new secret.
    private let secrets: [WebhookSecret]

    package init(secrets: [WebhookSecret]) {
        self.secrets = secrets
    }

    /// What is cheap to check comes first; the body is read only when the signature fits.
    package func announcement(
        in request: WebhookRequest, at now: Moment
    ) throws(WebhookRefusal) -> Announcement {
        if secrets.isEmpty { throw .switchedOff }
        if request.body.count > Self.bodyBytesMax { throw .oversized(bytes: request.body.count) }
        let (message, signature) = try message(of: request)
        if message.rollout.utf8.contains(0x0a) { throw .malformed("a rollout's name holds no line feed") }
        try checkDelivery(message.delivery)
        try checkAge(message.timestamp, at: now)
        guard message.isSigned(signature, byOneOf: secrets) else { throw .wrongSignature }
        return Announcement(
            rollout: message.rollout, delivery: message.delivery, release: try release(in: message.body),
            body: message.body)
    }

    private func message(
        of request: WebhookRequest
    ) throws(WebhookRefusal) -> (WebhookMessage, signature: String) {
        guard let signature = request.signature else { throw .unsigned(missing: Self.signatureHeader) }
        guard let timestamp = request.timestamp else { throw .unsigned(missing: Self.timestampHeader) }
        guard let delivery = request.delivery else { throw .unsigned(missing: Self.deliveryHeader) }
        let message = WebhookMessage(
            timestamp: timestamp, delivery: delivery, rollout: request.rollout, body: request.body)
        return (message, signature)
    }

    private func checkDelivery(_ id: String) throws(WebhookRefusal) {
        let isPrintable = id.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        guard isPrintable, (1...Self.deliveryLengthMax).contains(id.utf8.count) else {
            throw .malformed(
                "\(Self.deliveryHeader) must be 1 to \(Self.deliveryLengthMax) printable ASCII characters without spaces"
            )
        }
    }

    private func checkAge(_ timestamp: String, at now: Moment) throws(WebhookRefusal) {
        guard timestamp.utf8.allSatisfy({ (0x30...0x39).contains($0) }), timestamp.utf8.count <= 12,
            let seconds = Int64(timestamp)
        else { throw .malformed("\(Self.timestampHeader) must be seconds since 1970, such as 1790000000") }
        let age = now.microseconds / 1_000_000 - seconds
        guard abs(age) <= Self.windowSeconds else { throw .stale(seconds: age) }
    }

    private func release(in body: [UInt8]) throws(WebhookRefusal) -> String {
        do throws(MalformedBody) {
            return try AnnouncementBody(json: body).release
        } catch {
            throw .malformed("\(error); a delivery's body is {\"release\": \"…\"}")
        }
    }
}

private struct AnnouncementBody: StrictBody {
    let release: String

    static let keys = ["release"]
}
