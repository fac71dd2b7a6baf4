import Lab
import Testing
import Transport

@testable import Traffic

/// What is found in a real Consul before a release is held up by it.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ConsulFindingTests {
    @Test func everythingThatWillBeInTheWayIsFoundWithWhatToDo() async throws {
        try await withConsul { router, hand, _ in
            let target = try consulTarget { $0.proto = nil }
            #expect(try await router.findings(of: target).map(\.place) == ["service-defaults web"])
            try await hand.put(["Kind": "service-defaults", "Name": "web", "Protocol": "http"])
            #expect(try await router.findings(of: target).isEmpty)
            let none = try consulTarget { $0.service = "nobody" }
            #expect(
                try await router.findings(of: none).first?.description.hasPrefix(
                    "service nobody: the catalogue has no instance of it; register one") == true)
            let bare: JSON = ["ID": "bare", "Name": "bare", "Port": 9009]
            try await hand.send(.put, "/v1/agent/service/register", bare)
            let alone = try consulTarget { $0.service = "bare" }
            #expect(
                try await router.findings(of: alone).first?.flaw
                    == "its 1 instances have no sidecar, so that nothing splits its traffic")
        }
    }

    @Test func aSubsetThatGetsRequestsAndHasNobodyIsFound() async throws {
        try await withConsul { router, hand, _ in
            let target = try consulTarget()
            try await carry(consulWrite(try split(20), target), by: router)
            #expect(try await router.findings(of: target).isEmpty)
            try await hand.send(.put, "/v1/agent/service/deregister/web-2", nil)
            let findings = try await router.findings(of: target)
            #expect(findings.map(\.place) == ["service-resolver web"])
            #expect(findings.first?.flaw.contains("its subset web-b") == true)
        }
    }

    @Test func intentionsThatLetNobodyInAreFound() async throws {
        try await withConsul { router, hand, _ in
            let deny: JSON = ["SourceName": "*", "DestinationName": "web", "Action": "deny"]
            try await hand.send(.post, "/v1/connect/intentions", deny)
            let findings = try await router.findings(of: try consulTarget())
            #expect(findings.map(\.flaw) == ["nobody may call it"])
        }
    }
}
