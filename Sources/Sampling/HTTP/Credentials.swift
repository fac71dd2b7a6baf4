package import Analysis
package import Engine
import Foundation
package import Transport

/// What proves to a store that we may ask; read for one query.
package struct Credentials: Sendable {
    package private(set) var headers: HTTPHeaders
    /// What the account's `keys` say.
    private var keys: [String: String] = [:]
    package private(set) var signature: AWSSignature?
    /// What no answer and no message may say.
    private var secrets: [String]
    private let reader: (any SecretReader)?

    package init(of account: StoreAccount, by reader: (any SecretReader)? = nil) async throws(SampleFailure) {
        headers = account.headers
        secrets = account.headers.fields.map(\.value)
        self.reader = reader
        for (name, secret) in account.keys { keys[name] = try await read(secret) }
        try await authorize(account.authorization)
    }

    /// A proof by the store's own name for it; refused where the account has none.
    package func key(_ name: String) throws(SampleFailure) -> String {
        guard let key = keys[name] else {
            throw SampleFailure(
                .refused, "the account has no \"\(name)\"; add it to its `keys` in the server's configuration"
            )
        }
        return key
    }

    package func hasKey(_ name: String) -> Bool { keys[name] != nil }

    var concealment: Concealment { Concealment(secrets) }

    private mutating func authorize(_ authorization: StoreAccount.Authorization) async throws(SampleFailure) {
        switch authorization {
        // A token is fetched by `TokenCache`, which is asked before anything is sent.
        case .none, .clientCredentials: break
        case .basic(let user, let password):
            let token = Data("\(user):\(try await read(password))".utf8).base64EncodedString()
            secrets.append(token)
            headers["Authorization"] = "Basic \(token)"
        case .bearer(let token):
            headers["Authorization"] = "Bearer \(try await read(token))"
        case .signature(let account):
            try await sign(account)
        }
    }

    private mutating func sign(_ account: StoreAccount.AWSAccount) async throws(SampleFailure) {
        let keys = account.keys ?? .ofEnvironment
        signature = AWSSignature(
            region: account.region, service: account.service, accessKey: try await read(keys.accessKey),
            secretKey: try await read(keys.secretKey))
        if let token = keys.sessionToken { headers["X-Amz-Security-Token"] = try await read(token) }
    }

    /// Bears this token from now on.
    mutating func bear(_ token: String) {
        secrets.append(token)
        headers["Authorization"] = "Bearer \(token)"
    }

    mutating func conceal(_ text: String) { secrets.append(text) }

    mutating func read(_ secret: StoreAccount.Secret) async throws(SampleFailure) -> String {
        let text = try await secret.text(by: reader)
        secrets.append(text)
        return text
    }
}

extension StoreAccount.Secret {
    /// Without the line break at the end that an editor leaves there.
    fileprivate func text(by reader: (any SecretReader)?) async throws(SampleFailure) -> String {
        switch self {
        case .text(let text): return text
        case .file(let path):
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                // Waited out like an outage: a rotation may be under way.
                throw SampleFailure(.outage, "can't read the credentials in \(path); put them there")
            }
            return text.trimmingCharacters(in: .whitespacesAndNewlines)
        case .environment(let name):
            guard let text = ProcessInfo.processInfo.environment[name], !text.isEmpty else {
                throw SampleFailure(.refused, "the environment has no \(name); set it for the server")
            }
            return text
        case .object(let reference):
            guard let reader else {
                throw SampleFailure(
                    .refused,
                    "Secret \(reference.name) can't be read: the server's configuration names no cluster; "
                        + "add `kubernetes`")
            }
            do throws(SecretFailure) {
                return try await reader.read(reference)
            } catch {
                throw SampleFailure(error.isOutage ? .outage : .refused, error.message)
            }
        }
    }
}
