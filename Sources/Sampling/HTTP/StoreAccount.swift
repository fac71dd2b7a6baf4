package import Analysis
import Foundation
package import Transport

/// How to ask one store: what the server's configuration says about it.
package struct StoreAccount: Sendable, Hashable {
    package enum Authorization: Sendable, Hashable {
        case none
        case basic(user: String, password: Secret)
        case bearer(Secret)
        /// A token that is fetched for a client's id and secret, and kept until shortly before it ends.
        case clientCredentials(ClientCredentials)
        /// Signed as Amazon has it.
        case signature(AWSAccount)
    }

    /// Where a secret is. It is read anew for each query, so that a rotated one is taken up without a restart.
    package enum Secret: Sendable, Hashable {
        case text(String)
        case file(String)
        case environment(String)
        case object(SecretReference)
    }

    /// What documents call it. None: they don't have to.
    package var name: String?
    /// None: where its kind of store usually is, or each query says so.
    package var address: String?
    package var authorization: Authorization
    /// Sent with each query: `X-Scope-OrgID`. Their values are treated as secrets.
    package var headers: HTTPHeaders
    /// What this kind of store wants as a proof beside that, by its own names: `apiKey`.
    package var keys: [String: Secret]
    /// What is no secret, by the store's own names: `region`.
    package var settings: [String: String]
    package var connection: ConnectionOptions
    package var responseBytesMax: Int

    package init(
        name: String? = nil, address: String? = nil, authorization: Authorization = .none,
        headers: HTTPHeaders = [:], keys: [String: Secret] = [:], settings: [String: String] = [:],
        connection: ConnectionOptions = ConnectionOptions(), responseBytesMax: Int = 8 << 20
    ) {
        self.name = name
        self.address = address.map(Self.address)
        self.authorization = authorization
        self.headers = headers
        self.keys = keys
        self.settings = settings
        self.connection = connection
        self.responseBytesMax = responseBytesMax
    }

    /// An address as accounts are found by it.
    package static func address(_ written: String) -> String { withoutSlashes(written) }
}

extension StoreAccount {
    /// OAuth 2.0's client credentials grant.
    package struct ClientCredentials: Sendable, Hashable {
        package var tokenURL: String
        package var clientID: String
        package var clientSecret: Secret
        package var scopes: [String]

        package init(tokenURL: String, clientID: String, clientSecret: Secret, scopes: [String] = []) {
            self.tokenURL = tokenURL
            self.clientID = clientID
            self.clientSecret = clientSecret
            self.scopes = scopes
        }
    }

    package struct AWSAccount: Sendable, Hashable {
        package var region: String
        /// `aps` for Amazon's Prometheus, `monitoring` for CloudWatch.
        package var service: String
        /// None: those of the server's environment, as Amazon's own tools find them.
        package var keys: Keys?

        package struct Keys: Sendable, Hashable {
            package var accessKey: Secret
            package var secretKey: Secret
            package var sessionToken: Secret?

            package init(accessKey: Secret, secretKey: Secret, sessionToken: Secret? = nil) {
                self.accessKey = accessKey
                self.secretKey = secretKey
                self.sessionToken = sessionToken
            }

            static var ofEnvironment: Keys {
                let token = "AWS_SESSION_TOKEN"
                let isThere = ProcessInfo.processInfo.environment[token] != nil
                return Keys(
                    accessKey: .environment("AWS_ACCESS_KEY_ID"),
                    secretKey: .environment("AWS_SECRET_ACCESS_KEY"),
                    sessionToken: isThere ? .environment(token) : nil)
            }
        }

        package init(region: String, service: String, keys: Keys? = nil) {
            self.region = region
            self.service = service
            self.keys = keys
        }
    }
}
