import Analysis
import Foundation
import Rollouts
import Signing
import Transport

/// What a gate is told.
///
/// The delivery's id is the same when the same question is asked again after a crash: whoever answers can tell.
struct GateQuestion {
    private let order: GateOrder
    private let rollout: RolloutName
    private let now: Moment

    init(_ order: GateOrder, of rollout: RolloutName, at now: Moment) {
        self.order = order
        self.rollout = rollout
        self.now = now
    }

    func request(signedBy secret: WebhookSecret?) throws(GateTrouble) -> HTTPRequest {
        let message = WebhookMessage(
            timestamp: String(now.microseconds / 1_000_000), delivery: delivery, rollout: rollout.text,
            body: try body())
        var request = HTTPRequest(
            .post, order.gate.url, body: message.body, timeout: order.gate.timeout,
            responseBytesMax: GateReply.bytesMax, concealsPath: true)
        for header in order.gate.headers ?? [] { request.headers[header.name] = header.value }
        request.headers["Content-Type"] = "application/json"
        request.headers[WebhookMessage.timestampHeader] = message.timestamp
        request.headers[WebhookMessage.deliveryHeader] = message.delivery
        request.headers[WebhookMessage.signatureHeader] = secret.map(message.signature)
        return request
    }

    private var delivery: String {
        "\(rollout)-\(order.flight)-\(order.step + 1)-\(order.number + 1)"
    }

    private func body() throws(GateTrouble) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(GateBody(order, of: rollout)))
        } catch {
            throw GateTrouble("the question can't be written: \(error)")
        }
    }
}

/// The body of the question. Steps count from one, the weight is in percent.
private struct GateBody: Encodable {
    let rollout: String
    let gate: String
    let release: String
    let stable: String?
    let step: Int
    let stepCount: Int
    let weight: Double
    /// How often it was asked, with this time.
    let attempt: Int

    init(_ order: GateOrder, of rollout: RolloutName) {
        self.rollout = rollout.text
        gate = order.gate.name
        release = order.release
        stable = order.stable
        step = order.step + 1
        stepCount = order.stepCount
        weight = order.weight.percent
        attempt = order.number + 1
    }
}
