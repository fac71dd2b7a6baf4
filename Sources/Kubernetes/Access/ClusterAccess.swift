package import Transport

/// How to reach an API server, and who asks.
package struct ClusterAccess: Hashable, Sendable {
    /// `https://10.0.0.1:443`, without a slash at its end.
    package let server: String
    package let connection: ConnectionOptions
    package let credentials: Credentials
    /// Where objects are that name no namespace.
    package let namespace: String

    package init(
        server: String, connection: ConnectionOptions = ConnectionOptions(), credentials: Credentials = .none,
        namespace: String = "default"
    ) {
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.connection = connection
        self.credentials = credentials
        self.namespace = namespace
    }
}

/// Who asks. A client certificate is part of the connection.
package enum Credentials: Hashable, Sendable {
    case none
    case token(String)
    /// Read anew now and then: it rotates.
    case tokenFile(String)
    case basic(user: String, password: String)
    case exec(ExecPlugin)
}

/// The cluster can't be reached as it was described.
package struct AccessError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
