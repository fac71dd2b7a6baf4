import Foundation
import Transport

/// What a request shows of who asks.
struct Papers: Hashable, Sendable {
    var authorization: String?
    var certificate: ConnectionOptions.ClientCertificate?
}

/// Keeps the papers of one client, and gets new ones when they run out.
actor Identity {
    private let credentials: Credentials
    private var known: (papers: Papers, until: Date, end: Date)?
    private var renewal: Task<Void, Never>?
    /// How long a token's file is believed before it is read anew.
    private static let freshness: TimeInterval = 60
    /// Papers are renewed so long before they expire.
    private static let margin: TimeInterval = 30

    init(_ credentials: Credentials) {
        self.credentials = credentials
    }

    func papers() async throws(KubernetesError) -> Papers {
        guard let known, known.end > Date() else { return try await fetch() }
        // They are good for a while yet: nobody waits, least of all a rollback.
        if known.until <= Date() { renewBehind() }
        return known.papers
    }

    /// What can't be had now is asked for again by the next request.
    private func renewBehind() {
        guard renewal == nil else { return }
        renewal = Task {
            _ = try? await fetch()
            renewal = nil
        }
    }

    /// The server refused them. Whether there may be others now.
    @discardableResult
    func renew() -> Bool {
        known = nil
        switch credentials {
        case .tokenFile, .exec: return true
        case .none, .token, .basic: return false
        }
    }

    private func fetch() async throws(KubernetesError) -> Papers {
        switch credentials {
        case .none: return Papers()
        case .token(let token): return Papers(authorization: "Bearer \(token)")
        case .basic(let user, let password):
            return Papers(authorization: "Basic " + Data("\(user):\(password)".utf8).base64EncodedString())
        case .tokenFile(let path):
            let papers = Papers(authorization: "Bearer \(try token(inFile: path))")
            known = (papers, Date() + Self.freshness, .distantFuture)
            return papers
        case .exec(let plugin):
            let credential = try await plugin.run()
            let papers = Papers(
                authorization: credential.token.map { "Bearer \($0)" }, certificate: credential.certificate)
            let end = credential.expiresAt ?? .distantFuture
            known = (papers, credential.expiresAt.map { $0 - Self.margin } ?? end, end)
            return papers
        }
    }

    private func token(inFile path: String) throws(KubernetesError) -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        } catch {
            throw KubernetesError(.unauthenticated, "the token's file \(path) can't be read")
        }
    }
}
