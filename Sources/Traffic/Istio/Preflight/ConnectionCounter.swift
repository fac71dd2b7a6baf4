import Rollouts
import Transport

/// Reads from Prometheus how the pods of some hosts were spoken with: what their proxies counted proves what they were
/// told.
struct ConnectionCounter: Sendable {
    let look: PrometheusLook
    /// The names of their Services.
    let hosts: [String]
    let namespace: String

    func read() async throws(CountFailure) -> CountedConnections {
        CountedConnections(try await look.series(query))
    }

    /// Of the last minutes. A counter that has only begun to exist has grown by all that it shows: `increase` alone would
    /// not see the first requests of a kind.
    var query: String {
        let names = hosts.map(quoted).joined(separator: "|")
        let series =
            "istio_requests_total{reporter=\"destination\","
            + "destination_service_namespace=\(JSON(namespace).text),"
            + "destination_service_name=~\(JSON(names).text)}"
        let window = CountedConnections.window
        return "sum by (\(CountedConnections.label)) "
            + "((\(series) unless \(series) offset \(window)) or increase(\(series)[\(window)]))"
    }
}

/// Requests by how they came, as the side that got them counted them.
struct CountedConnections: Hashable, Sendable {
    let secured: Int
    let plain: Int

    static let label = "connection_security_policy"
    static let window = "5m"

    init(secured: Int, plain: Int) {
        (self.secured, self.plain) = (secured, plain)
    }

    /// Where a proxy can't tell it says `unknown`; that proves nothing either way.
    init(_ series: [JSON]) {
        func count(_ policy: String) -> Int {
            let values = series.filter { $0["metric"][Self.label]?.string == policy }
                .compactMap { $0["value"][1]?.string.flatMap(Double.init) }
            return Int(values.filter(\.isFinite).reduce(0, +).rounded(.up))
        }
        self.init(secured: count("mutual_tls"), plain: count("none"))
    }

    /// None where nothing was counted.
    func finding(of hosts: [String], in namespace: String) -> Finding? {
        let subject = hosts.map { "\(namespace)/\($0)" }.joined(separator: ", ")
        guard plain == 0 else {
            return Finding(
                .warning, Finding.mtls, subject,
                "its proxies counted \(plain) requests in plain text of \(plain + secured) in the last \(Self.window)",
                why: "somebody calls it past the mesh, whatever its policies say",
                mend:
                    "see who calls it without a proxy (source_workload=\"unknown\"), and set STRICT once nobody does"
            )
        }
        guard secured > 0 else { return nil }
        return Finding(
            .note, Finding.mtls, subject,
            "its proxies counted \(secured) requests by mutual TLS in the last \(Self.window), and none in plain text",
            why: "what they counted bears out what they were told", mend: "nothing to do")
    }
}
