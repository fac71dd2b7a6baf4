import Engine
import Hummingbird
import Intake
import Rollouts

/// What CI announces.
struct HookAnswers: Sendable {
    let house: APIServer.House

    func announce(_ call: APICall) async throws -> Response {
        let body = try await call.body(bytesMax: WebhookVerifier.bodyBytesMax)
        try call.requireJSON()
        let request = WebhookRequest(
            rollout: call.rollout.text, signature: call.header(WebhookVerifier.signatureHeader),
            timestamp: call.header(WebhookVerifier.timestampHeader),
            delivery: call.header(WebhookVerifier.deliveryHeader), body: body)
        do throws(CIHook.Failure) {
            return .text(try await house.hook.take(request).utf8, type: "application/json")
        } catch {
            throw await translated(error)
        }
    }

    private func translated(_ failure: CIHook.Failure) async -> APIError {
        switch failure {
        case .refused(let refusal): APIError(refusal)
        case .rejected(let rejection): APIError(rejection, known: await house.loop.names)
        }
    }
}
