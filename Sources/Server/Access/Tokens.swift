import Analysis
import Intake
package import Journal

/// Who may do what: the tokens in the journal.
///
/// They are read once and kept: this process is the only one that writes the journal.
package actor Tokens {
    private let journal: EventJournal
    private var known: [StoredToken]?

    package init(journal: EventJournal) {
        self.journal = journal
    }

    /// Makes a token and returns its text, which is kept nowhere.
    ///
    /// - Parameter author: who made it: `token:alice`, `command line`.
    package func issue(
        name: String, role: Role, by author: String
    ) async throws(Failure) -> String {
        guard Self.isFit(name) else { throw .unfit(name) }
        if try await all().contains(where: { $0.name == name }) { throw .taken(name) }
        let token = BearerToken.random()
        let stored = StoredToken(
            name: name, role: role.rawValue, hash: token.hash, createdAt: .wall, createdBy: author)
        do throws(JournalError) { try await journal.addToken(stored) } catch { throw Failure(error, name) }
        known = nil
        return token.text
    }

    package func revoke(_ name: String) async throws(Failure) {
        var wasThere = false
        do throws(JournalError) { wasThere = try await journal.revokeToken(name) } catch {
            throw .journal(error)
        }
        known = nil
        if !wasThere { throw .unknown(name, known: try await all().map(\.name)) }
    }

    package func all() async throws(Failure) -> [StoredToken] {
        if let known { return known }
        do throws(JournalError) {
            let tokens = try await journal.tokens()
            known = tokens
            return tokens
        } catch {
            throw .journal(error)
        }
    }

    package enum Failure: Error, Hashable, Sendable {
        case unfit(String)
        case taken(String)
        case unknown(String, known: [String])
        case journal(JournalError)

        init(_ error: JournalError, _ name: String) {
            self = error.kind == .conflict ? .taken(name) : .journal(error)
        }
    }
}

extension Tokens {
    package static let nameLengthMax = 64

    /// It stands in logs and in the journal: `token:alice`.
    private static func isFit(_ name: String) -> Bool {
        (1...nameLengthMax).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII
                    && (scalar.properties.isAlphabetic || "0123456789-_.@".unicodeScalars.contains(scalar))
            }
    }

    /// Whose token it is. All are compared, each in full: which one fits must not show in the time.
    func bearer(of token: BearerToken) async throws(Failure) -> Caller? {
        let hash = token.hash
        return try await all().reduce(nil) { found, stored in
            stored.hash.isEqualInConstantTime(to: hash) ? Caller(stored) : found
        }
    }
}

extension Tokens.Failure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unfit:
            "a token's name has 1 to \(Tokens.nameLengthMax) letters, digits, or any of - _ . @"
        case .taken(let name): "there is a token \"\(name)\" already; revoke it first, or choose another name"
        case .unknown(let name, let known):
            "no token \"\(name)\"; there are: " + (known.isEmpty ? "none" : known.joined(separator: ", "))
        case .journal(let error): error.message
        }
    }
}

/// Who asks, and what they may do.
struct Caller: Hashable, Sendable {
    let who: String
    let role: Role

    /// Nil when a newer headgate gave it a role that is unknown here: then it may do nothing.
    init?(_ token: StoredToken) {
        guard let role = Role(rawValue: token.role) else { return nil }
        self.role = role
        who = "token:\(token.name)"
    }
}
