import Engine
import Foundation
import Rollouts
import Testing
import Transport

@testable import Traffic

/// What is said of a real Envoy before a release is moved.
@Suite(.serialized, .timeLimit(.minutes(1))) struct EnvoyPreflightTests {
    private func inspection(_ names: [String] = ["web-a", "web-b"], isStart: Bool = true) throws -> Inspection
    {
        Inspection(
            target: TrafficTarget(router: "envoy", backends: try #require(Backends(names: names))),
            stable: names[0], canaries: [names[1]], isStart: isStart)
    }

    private func words(_ findings: [Finding]) -> [String] {
        findings.map { "\($0.severity.rawValue) \($0.check): \($0.what)" }
    }

    @Test func aRealEnvoyIsFitAndDemandsNoCertificate() async throws {
        let mesh = try await Mesh()
        let findings = try await mesh.router.inspect(try inspection(), of: RolloutName("web"))
        #expect(findings.errors == [], "\(findings)")
        #expect(
            words(findings.warnings) == [
                "warning mtls: demands no certificate of its callers (require_client_certificate)"
            ])
        #expect(findings.warnings.first?.subject.hasSuffix(", listener web") == true)
        #expect(
            words(findings).contains("note breakers: has no circuit_breakers")
                && words(findings).contains("note outliers: has no outlier_detection"))
    }

    /// Before the first rollout, the file is what somebody else has written.
    @Test func whatTheFirstWriteWouldTakeOutOfARouteIsAWarning() async throws {
        let envoy = try LabEnvoy()
        let route = """
            {"version_info": "1", "resources": [{
              "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", "name": "web",
              "virtual_hosts": [{"name": "web", "domains": ["*"], "routes": [{"match": {"prefix": "/"},
                "route": {"cluster": "web-a", "timeout": "2s",
                          "retry_policy": {"retry_on": "5xx", "num_retries": 2}}}]}]}]}
            """
        try route.write(toFile: "\(envoy.routes)/web.json", atomically: true, encoding: .utf8)
        let client = CurlClient()
        try await envoy.startServing(client)
        let router = try EnvoyRouter(
            EnvoySettings(folder: envoy.routes, admins: [envoy.admin]), sender: client)
        let look = { try await router.inspect(try inspection(), of: RolloutName("web")) }
        let before = try await look().filter { ["timeouts", "retries"].contains($0.check) }
        #expect(
            words(before) == [
                "warning timeouts: has a timeout: 2s",
                "warning retries: tries again: num_retries 2, retry_on 5xx",
            ])
        #expect(before.first?.why == "the first write replaces the whole route, and this with it")
        _ = try await router.confirm(router.write(order(.all(to: .a))))
        #expect(try await look().filter { ["timeouts", "retries"].contains($0.check) } == [])
    }

    @Test func aClusterThatIsNotThereIsAnErrorAtTheStart() async throws {
        let mesh = try await Mesh()
        let start = try await mesh.router.inspect(
            try inspection(["web-a", "web-z"]), of: RolloutName("web"))
        #expect(words(start.errors) == ["error objects: has no cluster web-z"])
        let look = try await mesh.router.inspect(
            try inspection(["web-a", "web-z"], isStart: false), of: RolloutName("web"))
        #expect(look.errors == [])
    }

    @Test func aRouteThatNoListenerAsksForIsSaid() async throws {
        let mesh = try await Mesh()
        let findings = try await mesh.router.inspect(try inspection(), of: RolloutName("other"))
        #expect(words(findings).contains("warning objects: no listener asks for the route other"))
    }

    @Test func anEnvoyThatDoesNotRunAndAFolderThatIsNotThereAreSaid() async throws {
        let envoy = try LabEnvoy()
        var settings = EnvoySettings(folder: envoy.routes, admins: [envoy.admin])
        let router = try EnvoyRouter(settings, sender: CurlClient())
        let findings = try await router.inspect(try inspection(), of: RolloutName("web"))
        #expect(findings.map(\.check) == ["reach"] && findings.errors == [])
        settings.folder = envoy.folder + "/none"
        #expect(throws: RouteFailure.self) { try EnvoyRouter(settings, sender: CurlClient()) }
    }
}

/// What Envoy's dumps say, read without an Envoy.
struct EnvoyPartsTests {
    private func listener(_ name: String, _ route: String, _ certificate: String) -> String {
        """
        {"name": "\(name)", "filter_chains": [{
          "filters": [{"typed_config": {"rds": {"route_config_name": "\(route)"}}}],
          "transport_socket": {"typed_config": {\(certificate)}}}]}
        """
    }

    private func parts(_ configs: String...) -> EnvoyParts {
        var parts = EnvoyParts()
        let text = "{\"configs\": [\(configs.joined(separator: ","))]}"
        parts.take(listeners: JSONTree(parsing: Array(text.utf8)), askingFor: "web")
        return parts
    }

    @Test func aListenerThatDemandsACertificateIsStrict() {
        let wrapped = listener("a", "web", #""require_client_certificate": {"value": true}"#)
        let plain = listener("b", "web", #""require_client_certificate": true"#)
        #expect(
            parts("{\"listener\": \(wrapped)}", "{\"listener\": \(plain)}").listeners == [
                "a": true, "b": true,
            ])
    }

    @Test func oneOfAnotherRouteIsNobodysAffair() {
        #expect(parts("{\"listener\": \(listener("a", "api", ""))}").listeners == [:])
    }

    @Test func aDynamicListenerIsReadToo() {
        let inner = listener("a", "web", "")
        #expect(parts("{\"active_state\": {\"listener\": \(inner)}}").listeners == ["a": false])
    }

    @Test func aClusterWithoutAHealthyHostIsAnErrorAtTheStart() {
        let inspection = Inspection(
            target: TrafficTarget(router: "envoy", backends: Backends(a: "a", b: "b")), stable: "a",
            canaries: ["b"], isStart: true)
        var parts = EnvoyParts()
        parts.clusters = [
            "a": .init(healthy: 1), "b": .init(healthy: 0),
        ]
        let survey = EnvoySurvey("Envoy", "web", inspection, .success(parts))
        #expect(survey.findings.errors.map(\.subject) == ["Envoy, cluster b"])
    }

    @Test func limitsOfAClusterAreNamed() {
        let inspection = Inspection(
            target: TrafficTarget(router: "envoy", backends: Backends(a: "a", b: "b")), stable: "a",
            canaries: [])
        var parts = EnvoyParts()
        let dump = """
            {"configs": [{"cluster": {"name": "a", "outlier_detection": {},
              "circuit_breakers": {"thresholds": [{"max_connections": 10, "max_requests": 20}]}}}]}
            """
        parts.take(clusters: JSONTree(parsing: Array(dump.utf8)))
        let survey = EnvoySurvey("Envoy", "web", inspection, .success(parts))
        #expect(
            survey.findings.map { "\($0.check): \($0.what)" } == [
                "breakers: has limits: thresholds max_connections 10, max_requests 20",
                "outliers: leaves out who fails: as it is by default",
            ])
    }
}
