import Analysis
import Intake
import Signing
import Testing

/// What is believed of a webhook, and what is not.
@Suite struct WebhookVerifierTests {
    private let now = Moment(microseconds: 1_790_000_000_000_000)
    private let old = secret("the secret of last year")
    private let new = secret("the secret of this year")

    private static func secret(_ text: String) -> WebhookSecret {
        guard let secret = WebhookSecret(text) else { preconditionFailure("\(text) is too short") }
        return secret
    }

    private func request(
        signedBy secret: WebhookSecret, body: String = #"{"release":"v2"}"#,
        at seconds: Int64 = 1_790_000_000,
        rollout: String = "checkout", delivery: String = "build-1"
    ) -> WebhookRequest {
        let message = WebhookMessage(
            timestamp: "\(seconds)", delivery: delivery, rollout: rollout, body: Array(body.utf8))
        return WebhookRequest(
            rollout: rollout, signature: message.signature(by: secret), timestamp: "\(seconds)",
            delivery: delivery,
            body: Array(body.utf8))
    }

    private func refusal(_ request: WebhookRequest) -> WebhookRefusal? {
        do throws(WebhookRefusal) {
            _ = try WebhookVerifier(secrets: [old, new]).announcement(in: request, at: now)
            return nil
        } catch {
            return error
        }
    }

    @Test func theSignatureIsWhatOpenSSLMakesOfTheLines() {
        // printf '%s\n%s\n%s\n%s' 1790000000 build-1 checkout '{"release":"v2"}' | openssl dgst -sha256 -hmac …
        let signature = request(signedBy: Self.secret("a secret of sixteen bytes")).signature
        #expect(signature == "sha256=f096f07f55a7acf24242a52d29f476161109fcceeffb28f6eea30b2d4a5af8e8")
    }

    @Test func eachOfSeveralSecretsIsGood() throws {
        for secret in [old, new] {
            let verifier = WebhookVerifier(secrets: [old, new])
            let announcement = try verifier.announcement(in: request(signedBy: secret), at: now)
            #expect(announcement.release == "v2" && announcement.rollout == "checkout")
        }
        #expect(refusal(request(signedBy: Self.secret("the secret of somebody"))) == .wrongSignature)
    }

    @Test func theWindowIsFiveMinutesOnBothSides() {
        #expect(refusal(request(signedBy: new, at: 1_790_000_000 - 300)) == nil)
        #expect(refusal(request(signedBy: new, at: 1_790_000_000 + 300)) == nil)
        #expect(refusal(request(signedBy: new, at: 1_790_000_000 - 301)) == .stale(seconds: 301))
        #expect(refusal(request(signedBy: new, at: 1_790_000_000 + 301)) == .stale(seconds: -301))
    }

    @Test func aSignatureIsForOneRolloutOneDeliveryAndOneBody() {
        let good = request(signedBy: new)
        func changed(rollout: String = "checkout", delivery: String = "build-1", body: [UInt8])
            -> WebhookRequest
        {
            WebhookRequest(
                rollout: rollout, signature: good.signature, timestamp: good.timestamp, delivery: delivery,
                body: body)
        }
        #expect(refusal(changed(rollout: "payments", body: good.body)) == .wrongSignature)
        #expect(refusal(changed(delivery: "build-2", body: good.body)) == .wrongSignature)
        #expect(refusal(changed(body: good.body + [0x20])) == .wrongSignature)
        #expect(refusal(changed(body: good.body)) == nil)
    }

    @Test(arguments: [
        "", "sha256=", "sha256=zz", "sha1=00", "sha256=" + String(repeating: "g", count: 64),
        "sha256=" + String(repeating: "é", count: 32),
    ])
    func aSignatureThatIsNoneIsWrongAndNoCrash(signature: String) {
        let good = request(signedBy: new)
        #expect(
            refusal(
                WebhookRequest(
                    rollout: "checkout", signature: signature, timestamp: good.timestamp, delivery: "build-1",
                    body: good.body)) == .wrongSignature)
    }

    @Test(arguments: ["", "now", "-1790000000", "1790000000.5", "99999999999999999999", "１７９"])
    func aTimestampThatIsNoneIsMalformed(timestamp: String) {
        let good = request(signedBy: new)
        let bad = WebhookRequest(
            rollout: "checkout", signature: good.signature, timestamp: timestamp, delivery: "build-1",
            body: good.body)
        guard case .malformed? = refusal(bad) else { Issue.record("\(timestamp)"); return }
    }

    @Test(arguments: ["", "a b", "a\nb", String(repeating: "a", count: 129)])
    func aDeliveryIdThatIsNoneIsMalformed(delivery: String) {
        guard case .malformed? = refusal(request(signedBy: new, delivery: delivery)) else {
            Issue.record("\(delivery)")
            return
        }
    }

    @Test func aRolloutCannotSmuggleALineIn() {
        guard case .malformed? = refusal(request(signedBy: new, rollout: "check\nout")) else {
            Issue.record("taken")
            return
        }
    }

    @Test func withoutASecretNothingIsBelieved() {
        #expect(throws: WebhookRefusal.switchedOff) {
            try WebhookVerifier(secrets: []).announcement(in: request(signedBy: new), at: now)
        }
    }

    @Test func aSecretIsNeverShownAndNeverShort() {
        #expect(WebhookSecret("fifteen bytes!!") == nil)
        var dumped = ""
        dump(new, to: &dumped)
        #expect(!"\(new)\(String(reflecting: new))\(dumped)".contains("this year"))
    }
}
