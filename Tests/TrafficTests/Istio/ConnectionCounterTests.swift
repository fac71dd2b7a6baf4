import Rollouts
import Testing
import Transport

@testable import Traffic

/// What the pods' proxies counted, as a real Prometheus tells it.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ConnectionCounterTests {
    private func labels(_ policy: String, reporter: String = "destination", host: String = "web") -> String {
        #"reporter="\#(reporter)",destination_service_namespace="shop","#
            + #"destination_service_name="\#(host)",connection_security_policy="\#(policy)""#
    }

    private func counted(_ series: String...) async throws -> CountedConnections {
        var counted = CountedConnections(secured: 0, plain: 0)
        let history = "# TYPE istio_requests_total unknown\n" + series.joined()
        try await withHistory(history) { address, http in
            counted = try await ConnectionCounter(
                look: PrometheusLook(address, .seconds(5), http), hosts: ["web", "web-next"],
                namespace: "shop"
            ).read()
        }
        return counted
    }

    private func finding(_ counted: CountedConnections) -> Finding? {
        counted.finding(of: ["web"], in: "shop")
    }

    @Test func requestsByMutualTLSAreEvidence() async throws {
        let counted = try await counted(
            counter("istio_requests_total", labels("mutual_tls"), growingBy: 10),
            counter("istio_requests_total", labels("unknown", reporter: "source"), growingBy: 10),
            counter("istio_requests_total", labels("none", host: "other"), growingBy: 10))
        #expect(counted.plain == 0 && (280...320).contains(counted.secured), "\(counted)")
        let told = try #require(finding(counted))
        #expect(told.severity == .note && told.check == Finding.mtls)
        #expect(told.what.hasSuffix("requests by mutual TLS in the last 5m, and none in plain text"))
    }

    /// The first requests of a kind are those that a rate does not see.
    @Test func aCallerThatHasOnlyBegunToSpeakPlainTextIsSeen() async throws {
        let counted = try await counted(
            counter("istio_requests_total", labels("mutual_tls"), growingBy: 10),
            counter("istio_requests_total", labels("none", host: "web-next"), growingBy: 3, since: 0))
        #expect(counted.plain == 3, "\(counted)")
        let told = try #require(finding(counted))
        #expect(told.severity == .warning && told.check == Finding.mtls)
        #expect(told.what.hasPrefix("its proxies counted 3 requests in plain text of "))
    }

    @Test func whatIsLongPastOrWasNeverCountedProvesNothing() async throws {
        #expect(finding(try await counted(counter("up", #"job="x""#, growingBy: 1))) == nil)
        #expect(finding(CountedConnections(secured: 0, plain: 0)) == nil)
    }

    @Test func aPrometheusThatCannotBeAskedIsAFailureInWords() async throws {
        let counter = ConnectionCounter(
            look: PrometheusLook("http://127.0.0.1:1", .seconds(1), NobodyToAsk()), hosts: ["web"],
            namespace: "shop")
        await #expect(throws: CountFailure.self) { try await counter.read() }
    }
}
