import Rollouts
import Transport

// The API's sessions keep users with a pod, and go before weights: so they are in a rule only as long as the rollout wants
// them there. Taking traffic back takes them out, and with them whatever they kept.

extension Stickiness {
    /// As a rule has it.
    var session: JSON {
        var session: JSON = [
            "sessionName": .string(cookie), "type": "Cookie",
            "cookieConfig": ["lifetimeType": maxAge == nil ? "Session" : "Permanent"],
        ]
        session["absoluteTimeout"] = maxAge.map { .string($0.gatewayText) }
        return session
    }
}

extension JSON {
    /// Without a session of that name.
    func withoutSession(_ stickiness: Stickiness?) -> JSON {
        guard let stickiness, self["sessionPersistence"]["sessionName"]?.string == stickiness.cookie else {
            return self
        }
        var rule = self
        rule["sessionPersistence"] = nil
        return rule
    }
}

extension Duration {
    /// `720h`, `1h30m`: the API takes five digits of each unit at the most.
    fileprivate var gatewayText: String {
        let seconds = Int(components.seconds)
        let parts = [(seconds / 3_600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")]
        let text = parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
        return text.isEmpty ? "0s" : text
    }
}
