/// How to reach and whom to trust. Equal options may share a connection.
package struct ConnectionOptions: Sendable, Hashable {
    /// Text in PEM form, or the file that holds it. A file is read anew for each new connection, so
    /// a rotated certificate is taken up without a restart.
    package enum PEM: Sendable, Hashable {
        case file(String)
        case text(String)
    }

    package enum Authorities: Sendable, Hashable {
        /// The authorities that the machine trusts.
        case system
        /// These and no others.
        case only(PEM)
    }

    package struct ClientCertificate: Sendable, Hashable {
        package var certificate: PEM
        package var key: PEM

        package init(certificate: PEM, key: PEM) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// For whole responses. A stream goes over HTTP/1.1 on a connection of its own.
    package enum Version: Sendable, Hashable {
        case http1
        /// HTTP/2 where TLS negotiates it, else HTTP/1.1.
        case http2WhereOffered
        /// HTTP/2 from the first byte, also without TLS; for servers known to speak it.
        case http2Only
    }

    package enum Proxy: Sendable, Hashable {
        /// What the client's `Proxies` say; those usually come from the environment.
        case environment
        case none
        /// This one, whatever the environment says.
        case url(String)
    }

    package var authorities: Authorities
    package var clientCertificate: ClientCertificate?
    /// Connects here, whatever host the URL names.
    package var unixSocket: String?
    /// The name that the server's certificate must have, where it isn't the URL's host.
    package var serverName: String?
    /// `false` takes any certificate: anyone on the way can then read and change everything.
    package var verifies: Bool
    package var version: Version
    package var proxy: Proxy

    package init(
        authorities: Authorities = .system,
        clientCertificate: ClientCertificate? = nil,
        unixSocket: String? = nil,
        serverName: String? = nil,
        verifies: Bool = true,
        version: Version = .http2WhereOffered,
        proxy: Proxy = .environment
    ) {
        self.authorities = authorities
        self.clientCertificate = clientCertificate
        self.unixSocket = unixSocket
        self.serverName = serverName
        self.verifies = verifies
        self.version = version
        self.proxy = proxy
    }
}
