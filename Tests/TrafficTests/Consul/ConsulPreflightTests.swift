import Engine
import Rollouts
import Testing
import Transport

@testable import Traffic

/// What is said of a real Consul before a release is moved.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ConsulPreflightTests {
    private func inspection(isStart: Bool = true) throws -> Inspection {
        Inspection(target: try consulTarget(), stable: "web-a", canaries: ["web-b"], isStart: isStart)
    }

    @Test func aWholeMeshIsFitAndItsSidecarsSpeakMutualTLS() async throws {
        try await withConsul { router, hand, _ in
            try await hand.put(["Kind": "service-defaults", "Name": "web", "Protocol": "http"])
            let findings = try await router.inspect(try inspection(), of: RolloutName("web"))
            #expect(findings.errors == [] && findings.warnings == [], "\(findings)")
            #expect(findings.map(\.check) == [Finding.mtls])
            #expect(findings.first?.what.contains("mutual TLS only, with certificates of ") == true)
        }
    }

    @Test func aSubsetThatHasNobodyIsAnErrorAtTheStartOnly() async throws {
        try await withConsul { router, hand, _ in
            try await hand.put(["Kind": "service-defaults", "Name": "web", "Protocol": "http"])
            try await hand.send(.put, "/v1/agent/service/deregister/web-2", nil)
            let start = try await router.inspect(try inspection(), of: RolloutName("web"))
            #expect(start.errors.map(\.subject) == ["subset web-b of service web"], "\(start)")
            let look = try await router.inspect(try inspection(isStart: false), of: RolloutName("web"))
            #expect(look.errors == [] && look.warnings.map(\.check) == ["endpoints"])
        }
    }
}
