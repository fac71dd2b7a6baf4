import Foundation
import Manifests
import Transport

/// A cluster of a kubeconfig.
struct ClusterPlace {
    let server: String
    let connection: ConnectionOptions

    init?(_ fields: Fields, in file: Kubeconfig) {
        var cluster = fields
        let server = cluster.required("server", .serverURL)
        var connection = ConnectionOptions()
        if let authority = file.pem(&cluster, "certificate-authority") {
            connection.authorities = .only(authority)
        }
        connection.serverName = cluster.optional("tls-server-name", .nonEmptyString)
        connection.verifies = !(cluster.optional("insecure-skip-tls-verify", .bool) ?? false)
        // Its address may carry a password.
        if let proxy = cluster.optional("proxy-url", .secret), !proxy.isEmpty {
            connection.proxy = .url(proxy)
        }
        guard let server else { return nil }
        self.server = server
        self.connection = connection
    }

    /// As a plugin is told of it.
    var info: JSON {
        var info: JSON = ["server": .string(server)]
        if let name = connection.serverName { info["tls-server-name"] = .string(name) }
        if !connection.verifies { info["insecure-skip-tls-verify"] = true }
        if case .url(let proxy) = connection.proxy { info["proxy-url"] = .string(proxy) }
        if let authority { info["certificate-authority-data"] = .string(authority.base64EncodedString()) }
        return info
    }

    private var authority: Data? {
        switch connection.authorities {
        case .system: nil
        case .only(.text(let pem)): Data(pem.utf8)
        case .only(.file(let path)): FileManager.default.contents(atPath: path)
        }
    }
}

extension Shape where Output == String {
    fileprivate static var serverURL: Shape {
        nonEmptyString.refusing { url in
            url.hasPrefix("https://") || url.hasPrefix("http://")
                ? nil : "\(quoted(url)) is no URL; write https://host:port"
        }
    }
}
