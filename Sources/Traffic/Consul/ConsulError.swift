import Rollouts
import Transport

/// Why Consul did not do what it was asked; its words are kept.
struct ConsulError: Error, Hashable {
    enum Kind: Hashable {
        /// It can't be reached, has no leader, or is in trouble: try again.
        case unavailable
        /// The token may not do it.
        case forbidden
        /// It declined what was to be written.
        case invalid
        /// This version of it does not know what was asked for.
        case unsupported
    }

    let kind: Kind
    let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// - Parameters:
    ///   - deed: `write service-splitter web`
    ///   - policy: what the token's policy needs for it.
    init(_ response: HTTPResponse, _ deed: String, policy: String) {
        let words = Self.words(in: response.body)
        let start = "can't \(deed): Consul answered \(response.status): \(words)"
        let kind = Self.kind(response.status, words)
        self.init(kind, start + Self.advice(kind, words, policy))
    }

    init(_ error: TransportError, _ deed: String) {
        self.init(.unavailable, "can't \(deed): \(error)")
    }
}

extension ConsulError {
    /// Consul answers 500 to what it can't do and to what it will not do alike, so that its words have to tell.
    private static func kind(_ status: Int, _ words: String) -> Kind {
        switch status {
        case 401, 403: .forbidden
        case 400 where words.contains("invalid config key"): .unsupported
        case 400 where words.contains("Enterprise feature"): .unsupported
        case 400..<429: .invalid
        case 500 where words.contains("invalid config entry kind"): .unsupported
        case 500 where words.contains("Permission denied") || words.contains("ACL not found"): .forbidden
        case 500 where verdicts.contains(where: { words.contains($0) }): .invalid
        default: .unavailable
        }
    }

    private static func advice(_ kind: Kind, _ words: String, _ policy: String) -> String {
        switch kind {
        case .forbidden where words.contains("ACL not found"):
            "; the token is not known there: has it been deleted, or is it one of another Consul?"
        case .forbidden: "; add to the token's policy: \(policy)"
        case .invalid where words.contains("does not permit advanced routing"):
            "; set `Protocol` to http in the service-defaults, or `protocol: http` in the rollout"
        case .invalid where words.contains("does not have a subset"):
            "; declare it in the service-resolver, or name `filters` or `releaseMeta` in the rollout"
        case .unsupported: "; this Consul is too old for that, or not the Enterprise edition"
        default: ""
        }
    }

    private static func words(in body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(400), as: UTF8.self)
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

/// Parts of the sentences in which Consul declines an entry.
private let verdicts = [
    "sum of all split weights", "occurs more than once", "does not have a subset",
    "does not permit advanced routing", "should only contain", "Meta ", "Failed to create boolean expression",
    "invalid config", "must be", "is not valid", "cannot",
]

extension RouteFailure {
    /// What may not be done by this token, and what can't be asked for now, is no fault of the route.
    init(_ error: ConsulError) {
        let isOfRoute = error.kind == .invalid || error.kind == .unsupported
        self.init(isOfRoute ? .rejected : .unavailable, error.message)
    }
}
