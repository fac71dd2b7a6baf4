import Engine
import HTTPTypes
import Hummingbird
import Intake
import Journal
import Manifests
import Rollouts

extension APIError {
    init(_ rejection: Rejection, known: [RolloutName]) {
        switch rejection {
        case .refused(let refusal): self.init(refusal)
        case .unknown(let name): self = .unknown(name, among: known)
        case .journal(let error): self.init(error)
        case .repeated(let delivery): self.init(.replayed(delivery: delivery.id))
        case .stopping:
            self = APIError(
                .serviceUnavailable, "stopping", "the server is shutting down; try again in a moment"
            )
            .with(.retryAfter, "5")
        }
    }

    init(_ refusal: Refusal) {
        self.init(.conflict, "refused", refusal.description)
    }

    init(_ error: JournalError) {
        self = APIError(.serviceUnavailable, "journal", error.message).with(.retryAfter, "1")
    }

    /// With thousands of rollouts only those that are named alike are listed.
    static func unknown(_ name: RolloutName, among known: [RolloutName]) -> APIError {
        let text = String(name.text.prefix(64))
        let alike = known.map(\.text).sorted { $0.commonPrefixLength(text) > $1.commonPrefixLength(text) }
        let message = Manifests.unknown("rollout", "\"\(text)\"", text, alike.prefix(20).sorted())
        return APIError(.notFound, "unknownRollout", message)
    }

    init(_ failure: Tokens.Failure) {
        switch failure {
        case .unfit: self = .malformed(failure.description)
        case .taken: self.init(.conflict, "taken", failure.description)
        case .unknown: self.init(.notFound, "unknownToken", failure.description)
        case .journal(let error): self.init(error)
        }
    }

    init(_ refusal: WebhookRefusal) {
        self.init(Self.status(of: refusal), Self.kind(of: refusal), refusal.description)
    }

    private static func status(of refusal: WebhookRefusal) -> HTTPResponse.Status {
        switch refusal {
        case .switchedOff, .unsigned, .wrongSignature, .stale: .unauthorized
        case .oversized: .contentTooLarge
        case .malformed: .badRequest
        case .replayed: .conflict
        }
    }

    private static func kind(of refusal: WebhookRefusal) -> String {
        switch refusal {
        case .switchedOff: "switchedOff"
        case .oversized: "tooLarge"
        case .unsigned: "unsigned"
        case .wrongSignature: "wrongSignature"
        case .stale: "stale"
        case .malformed: "malformed"
        case .replayed: "replayed"
        }
    }
}

extension String {
    fileprivate func commonPrefixLength(_ other: String) -> Int {
        zip(utf8, other.utf8).prefix { $0 == $1 }.count
    }
}
