import Foundation
import Rollouts
import Testing
import Transport

@testable import Engine
@testable import Traffic

/// What proves that sidecars take mutual TLS only, and for how long they can.
@Suite struct ConsulSecurityTests {
    private let roots: JSON = [
        "ActiveRootID": "2", "TrustDomain": "6f3a.consul",
        "Roots": [
            ["ID": "1", "NotAfter": "2020-01-01T00:00:00Z"],
            ["ID": "2", "NotAfter": "2036-11-20T10:00:00Z"],
        ],
    ]

    private func severities(_ days: Double) throws -> [Finding] {
        let authority = try #require(MeshAuthority(roots))
        let end = try #require(authority.end)
        return authority.expiry(at: end.addingTimeInterval(-days * 86_400))
    }

    @Test func theActiveRootSaysHowLongThereAreCertificates() throws {
        let authority = try #require(MeshAuthority(roots))
        #expect(
            authority.proof(of: "web").what
                == "its sidecars take mutual TLS only, with certificates of 6f3a.consul, which end at "
                + "2036-11-20T10:00:00Z at the latest")
        #expect(MeshAuthority(["TrustDomain": "6f3a.consul", "ActiveRootID": ""]) == nil)
        let silent = MeshAuthority(["TrustDomain": "6f3a.consul", "ActiveRootID": "1"])
        #expect(silent?.proof(of: "web").what.hasSuffix("of 6f3a.consul") == true)
        #expect(silent?.expiry(at: .distantFuture) == [])
    }

    @Test func aRootIsToldOfAMonthBeforeItEndsAndRefusedWhenItHas() throws {
        #expect(try severities(31) == [])
        #expect(try severities(29).map(\.severity) == [.warning])
        #expect(try severities(-1).map(\.severity) == [.error])
        #expect(try severities(-1).first?.what == "its root certificate has ended at 2036-11-20T10:00:00Z")
    }

    // MARK: - What the sidecars counted

    private func look(_ samples: [(name: String, value: String)]) async throws -> [Finding] {
        let prometheus = ScriptedConsul { request in
            guard request.url.hasPrefix("http://prometheus:9090/api/v1/query?query=") else { return nil }
            let result = samples.map { sample -> JSON in
                ["metric": ["__name__": .string(sample.name)], "value": [1, .string(sample.value)]]
            }
            let answer: JSON = ["status": "success", "data": ["result": .array(result)]]
            return .consul(200, answer.text)
        }
        let counter = HandshakeCounter(
            address: "http://prometheus:9090/", timeout: .seconds(1), sender: prometheus, service: "web")
        return try await counter.read().finding(of: "web").map { [$0] } ?? []
    }

    @Test func handshakesOfAllSidecarsAreAddedAndTheFirstEndCounts() async throws {
        let findings = try await look([
            (Handshakes.all, "40"), (Handshakes.all, "2"), (Handshakes.anonymous, "0"),
            (Handshakes.days, "3"), (Handshakes.days, "1"),
        ])
        #expect(findings.map(\.severity) == [.note])
        #expect(
            findings.first?.what
                == "its sidecars counted 42 connections by mutual TLS, and none without a certificate; the first of "
                + "their own ends in 1 day")
    }

    @Test func acceptedConnectionsWithoutACertificateAreNoMutualTLS() async throws {
        let findings = try await look([(Handshakes.all, "42"), (Handshakes.anonymous, "2")])
        #expect(findings.map(\.severity) == [.warning] && findings.map(\.check) == [Finding.mtls])
        #expect(findings.first?.what == "its sidecars took 2 of 42 connections without a certificate")
    }

    @Test func whereNothingWasCountedNothingIsSaid() async throws {
        #expect(try await look([(Handshakes.all, "0"), (Handshakes.days, "2")]) == [])
        #expect(try await look([]) == [])
    }

    @Test func onlyTheServicesOwnSidecarsAreAskedAbout() {
        let counter = HandshakeCounter(
            address: "", timeout: .seconds(1), sender: ScriptedConsul { _ in nil }, service: "web")
        #expect(
            counter.query
                == #"{__name__=~"envoy_listener_ssl_handshake|envoy_listener_ssl_no_certificate|"#
                + #"envoy_server_days_until_first_cert_expiring",local_cluster="web"}"#)
    }
}
