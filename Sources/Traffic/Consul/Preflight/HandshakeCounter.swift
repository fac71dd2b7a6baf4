import Rollouts
import Transport

/// Reads from Prometheus how a service's sidecars were spoken with: what they counted proves what they were told.
struct HandshakeCounter: Sendable {
    let address: String
    let timeout: Duration
    let sender: any HTTPSender
    let service: String

    /// Throws, in words, where there is no answer to build on.
    func read() async throws(CountFailure) -> Handshakes {
        Handshakes(try await PrometheusLook(address, timeout, sender).series(query))
    }

    /// Consul gives its Envoys the service's name as `local_cluster`.
    var query: String {
        let names = [Handshakes.all, Handshakes.anonymous, Handshakes.days].joined(separator: "|")
        return "{__name__=~\"\(names)\",local_cluster=\(JSON(service).text)}"
    }
}

/// What the sidecars counted since they were started.
struct Handshakes: Hashable {
    let count: Int
    /// Of those, without a certificate of the caller's.
    let anonymousCount: Int
    /// Until the first certificate of a sidecar ends, in whole ones.
    let days: Int?

    static let all = "envoy_listener_ssl_handshake"
    static let anonymous = "envoy_listener_ssl_no_certificate"
    static let days = "envoy_server_days_until_first_cert_expiring"

    init(_ series: [JSON]) {
        let values = { (name: String) in
            series.filter { $0["metric"]["__name__"]?.string == name }
                .compactMap {
                    $0["value"][1]?.string.flatMap(Double.init).flatMap { Int(exactly: $0.rounded()) }
                }
        }
        count = values(Self.all).reduce(0, +)
        anonymousCount = values(Self.anonymous).reduce(0, +)
        days = values(Self.days).min()
    }

    /// None where none was counted: that proves nothing either way.
    func finding(of service: String) -> Finding? {
        guard anonymousCount == 0 else {
            return Finding(
                .warning, Finding.mtls, "service \(service)",
                "its sidecars took \(anonymousCount) of \(count) connections without a certificate",
                why: "their listener does not ask callers who they are, whatever Consul says",
                mend: "see who has changed the listener: an escape hatch, or `envoy_public_listener_json`")
        }
        guard count > 0 else { return nil }
        // Consul renews them before that.
        let end = days.map { "; the first of their own ends in \($0 == 1 ? "1 day" : "\($0) days")" } ?? ""
        return Finding(
            .note, Finding.mtls, "service \(service)",
            "its sidecars counted \(count) connections by mutual TLS, and none without a certificate\(end)",
            why: "what they counted bears out what they were told", mend: "nothing to do")
    }
}
