import Foundation
import Transport

/// What a request shows of who asks.
struct Papers: Hashable, Sendable {
    var authorization: String?
    var certificate: ConnectionOptions.ClientCertificate?
}

/// Keeps the papers of one client, and gets new ones when they run out.
actor Identity {
    private struct Known {
        let papers: Papers
        /// From then on there may be newer ones.
        let freshUntil: Duration
        /// From then on they are worth nothing; none: only the server knows.
        let goodUntil: Duration?
    }

    private let credentials: Credentials
    /// Runs on while the machine sleeps, and is set by nobody.
    private let now: @Sendable () -> Duration
    private var known: Known?
    /// One for all who wait for it. It is nobody's child, and ends by itself: a plugin has only so much time.
    private var renewal: Task<Result<Papers, KubernetesError>, Never>?

    /// How long a token's file is believed before it is read anew.
    private static let freshness = Duration.seconds(60)
    /// Papers are renewed so long before they expire.
    private static let margin = Duration.seconds(30)

    init(_ credentials: Credentials, now: @escaping @Sendable () -> Duration = steadyTime()) {
        self.credentials = credentials
        self.now = now
    }

    func papers() async throws(KubernetesError) -> Papers {
        guard let known, known.goodUntil.map({ now() < $0 }) ?? true else {
            return try await renewing().value.get()
        }
        guard now() >= known.freshUntil else { return known.papers }
        let renewal = renewing()
        // A plugin takes its time, and they are good for a while yet: nobody waits, least of all a rollback.
        if case .exec = credentials { return known.papers }
        switch await renewal.value {
        case .success(let papers): return papers
        // A file that can't be read for a moment does no harm.
        case .failure: return known.papers
        }
    }

    /// Others than those that the server refused; none where there are no others.
    func others(than refused: Papers) async throws(KubernetesError) -> Papers? {
        guard credentials.mayChange else { return nil }
        // Another request was refused before, and has renewed them already.
        if let known, known.papers != refused { return known.papers }
        known = nil
        let papers = try await renewing().value.get()
        return papers == refused ? nil : papers
    }

    private func renewing() -> Task<Result<Papers, KubernetesError>, Never> {
        let task = renewal ?? Task { await fetch() }
        renewal = task
        return task
    }

    private func fetch() async -> Result<Papers, KubernetesError> {
        defer { renewal = nil }
        do throws(KubernetesError) {
            let found = try await look()
            known = found
            return .success(found.papers)
        } catch {
            return .failure(error)
        }
    }

    private func look() async throws(KubernetesError) -> Known {
        switch credentials {
        case .none: return lasting(Papers())
        case .token(let token): return lasting(Papers(authorization: "Bearer \(token)"))
        case .basic(let user, let password):
            let pair = Data("\(user):\(password)".utf8).base64EncodedString()
            return lasting(Papers(authorization: "Basic \(pair)"))
        case .tokenFile(let path):
            let papers = Papers(authorization: "Bearer \(try token(inFile: path))")
            return Known(papers: papers, freshUntil: now() + Self.freshness, goodUntil: nil)
        case .exec(let plugin): return known(try await plugin.run())
        }
    }

    private func lasting(_ papers: Papers) -> Known {
        Known(papers: papers, freshUntil: .seconds(Int64.max / 2), goodUntil: nil)
    }

    private func known(_ credential: ExecCredential) -> Known {
        let papers = Papers(
            authorization: credential.token.map { "Bearer \($0)" }, certificate: credential.certificate)
        guard let end = credential.expiresAt else { return lasting(papers) }
        let goodUntil = now() + .seconds(end.timeIntervalSinceNow)
        return Known(papers: papers, freshUntil: goodUntil - Self.margin, goodUntil: goodUntil)
    }

    private func token(inFile path: String) throws(KubernetesError) -> String {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw KubernetesError(.unauthenticated, "the token's file \(path) can't be read")
        }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else {
            throw KubernetesError(.unauthenticated, "the token's file \(path) is empty")
        }
        return text
    }
}

extension Credentials {
    /// Whether there may be others tomorrow.
    fileprivate var mayChange: Bool {
        switch self {
        case .tokenFile, .exec: true
        case .none, .token, .basic: false
        }
    }
}

/// The time since now.
func steadyTime() -> @Sendable () -> Duration {
    let start = ContinuousClock.now
    return { ContinuousClock.now - start }
}
