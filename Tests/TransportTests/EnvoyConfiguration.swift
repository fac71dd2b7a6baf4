import Foundation

/// Envoy's bootstrap: one listener without TLS, one with, one that demands a client certificate.
struct EnvoyConfiguration {
    static let listenerCount = 3

    private let certificates: Certificates
    private let upstreamPort: UInt16

    init(_ certificates: Certificates, upstreamPort: UInt16) {
        self.certificates = certificates
        self.upstreamPort = upstreamPort
    }

    func json() throws -> Data {
        let document: [String: Any] = [
            "admin": ["address": loopback(0)],
            "static_resources": [
                "listeners": [
                    listener("plain", tls: nil),
                    listener("tls", tls: tls(demandsClient: false)),
                    listener("mtls", tls: tls(demandsClient: true)),
                ],
                "clusters": [cluster],
            ],
        ]
        return try JSONSerialization.data(withJSONObject: document)
    }

    private func listener(_ name: String, tls: [String: Any]?) -> [String: Any] {
        var chain: [String: Any] = ["filters": [connectionManager]]
        if let tls { chain["transport_socket"] = tls }
        return ["name": name, "address": loopback(0), "filter_chains": [chain]]
    }

    private var connectionManager: [String: Any] {
        let router: [String: Any] = [
            "name": "envoy.filters.http.router",
            "typed_config": ["@type": type("filters.http.router.v3.Router")],
        ]
        return [
            "name": "envoy.filters.network.http_connection_manager",
            "typed_config": [
                "@type": type("filters.network.http_connection_manager.v3.HttpConnectionManager"),
                "stat_prefix": "test",
                "http_filters": [router],
                "route_config": ["virtual_hosts": [["name": "all", "domains": ["*"], "routes": routes]]],
            ],
        ]
    }

    /// `/endless` goes to a server whose body never ends; all else is answered with what Envoy saw.
    private var routes: [[String: Any]] {
        let seen = ["%PROTOCOL%", "%REQ(:AUTHORITY)%", "%DOWNSTREAM_PEER_SUBJECT%", "%CONNECTION_ID%"]
        let names = ["x-protocol", "x-authority", "x-client", "x-connection"]
        let headers = zip(names, seen).map { ["header": ["key": $0, "value": $1]] }
        return [
            [
                "match": ["path": "/endless"], "route": ["cluster": "endless", "timeout": "0s"],
                "response_headers_to_add": headers,
            ],
            [
                "match": ["prefix": "/"], "response_headers_to_add": headers,
                "direct_response": ["status": 200, "body": ["inline_string": "hello"]],
            ],
        ]
    }

    private func tls(demandsClient: Bool) -> [String: Any] {
        var common: [String: Any] = [
            "alpn_protocols": ["h2", "http/1.1"],
            "tls_certificates": [
                [
                    "certificate_chain": ["filename": certificates.file("server.pem")],
                    "private_key": ["filename": certificates.file("server.key")],
                ]
            ],
        ]
        common["validation_context"] =
            demandsClient ? ["trusted_ca": ["filename": certificates.file("ca.pem")]] : nil
        return [
            "name": "envoy.transport_sockets.tls",
            "typed_config": [
                "@type": type("transport_sockets.tls.v3.DownstreamTlsContext"),
                "require_client_certificate": demandsClient,
                "common_tls_context": common,
            ],
        ]
    }

    private var cluster: [String: Any] {
        let endpoint = ["endpoint": ["address": loopback(upstreamPort)]]
        return [
            "name": "endless",
            "load_assignment": ["cluster_name": "endless", "endpoints": [["lb_endpoints": [endpoint]]]],
        ]
    }

    private func loopback(_ port: UInt16) -> [String: Any] {
        ["socket_address": ["address": "127.0.0.1", "port_value": Int(port)]]
    }

    private func type(_ name: String) -> String { "type.googleapis.com/envoy.extensions." + name }
}
