package import Analysis
import Engine
package import Rollouts
package import Signing
package import Transport

/// Asks gates by HTTP: a POST that says which release wants to go on, signed where the gate names a secret.
package struct HTTPGateKeeper: GateKeeper {
    private let secrets: [String: WebhookSecret]
    private let sender: any HTTPSender
    private let now: @Sendable () -> Moment

    /// - Parameters:
    ///   - secrets: by the names that gates call them.
    ///   - now: for the timestamp that is signed.
    package init(
        secrets: [String: WebhookSecret], sender: any HTTPSender, now: @escaping @Sendable () -> Moment
    ) {
        self.secrets = secrets
        self.sender = sender
        self.now = now
    }

    package func backend(of gate: Gate) -> String { "gate \(GatePlace(gate.url))" }

    package func ask(_ order: GateOrder, of rollout: RolloutName) async -> GateAnswer {
        let question = GateQuestion(order, of: rollout, at: now())
        do throws(GateTrouble) {
            let request = try question.request(signedBy: try secret(of: order.gate))
            return try GateReply(try await send(request)).answer()
        } catch {
            return .trouble("\(GatePlace(order.gate.url)): \(error.message)")
        }
    }

    private func secret(of gate: Gate) throws(GateTrouble) -> WebhookSecret? {
        guard let name = gate.secret else { return nil }
        if let secret = secrets[name] { return secret }
        let known = secrets.keys.sorted().joined(separator: ", ")
        throw GateTrouble(
            "no secret \"\(name)\" is configured\(known.isEmpty ? "" : "; configured: \(known)"); "
                + "add it to `gates.secretFiles` of the server's configuration")
    }

    private func send(_ request: HTTPRequest) async throws(GateTrouble) -> HTTPResponse {
        do {
            return try await sender.send(request)
        } catch {
            throw GateTrouble(error.message)
        }
    }
}

/// Why there is no answer.
struct GateTrouble: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// An address without what may be secret in it: no user, no path, no query.
struct GatePlace: CustomStringConvertible {
    let description: String

    init(_ url: String) {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count > 2, parts[0].hasSuffix(":"), parts[1].isEmpty else {
            description = "an address without http:// or https://"
            return
        }
        let host = parts[2].prefix { $0 != "?" && $0 != "#" }
        description = "\(parts[0])//\(host.split(separator: "@").last ?? "")"
    }
}
