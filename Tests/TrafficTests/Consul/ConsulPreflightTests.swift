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

    @Test func whatSoftensAFailureIsNamedInTheServicesEntriesAndItsCallers() async throws {
        try await withConsul { router, hand, _ in
            try await hand.put(["Kind": "service-defaults", "Name": "web", "Protocol": "http"])
            try await hand.put([
                "Kind": "service-resolver", "Name": "web", "ConnectTimeout": "1s",
                "Subsets": [
                    "web-a": ["Filter": "Service.Meta.slot == \"web-a\""],
                    "web-b": ["Filter": "Service.Meta.slot == \"web-b\""],
                ],
            ])
            try await hand.put([
                "Kind": "service-router", "Name": "web",
                "Routes": [
                    [
                        "Match": ["HTTP": ["PathPrefix": "/slow"]],
                        "Destination": [
                            "RequestTimeout": "9s", "NumRetries": 2, "RetryOnStatusCodes": [503],
                        ],
                    ]
                ],
            ])
            let findings = try await router.inspect(try inspection(), of: RolloutName("web"))
            let words = findings.filter { ["timeouts", "retries"].contains($0.check) }
                .map { "\($0.check) \($0.subject): \($0.what)" }
            #expect(
                words == [
                    "timeouts service-router web: has a timeout: RequestTimeout 9s",
                    "retries service-router web: tries again: NumRetries 2, RetryOnStatusCodes 503",
                    "timeouts service-resolver web: has a timeout: ConnectTimeout 1s",
                ])
        }
    }

    /// Asked of the Consul that is there, and not of what it is thought to be.
    @Test func aCookieThatThisConsulCannotGiveOutIsAnErrorBeforeTheStart() async throws {
        try await withConsul { router, hand, _ in
            try await hand.put(["Kind": "service-defaults", "Name": "web", "Protocol": "http"])
            let sticky = Inspection(
                target: try consulTarget(), stable: "web-a", canaries: ["web-b"], isSticky: true)
            let findings = try await router.inspect(sticky, of: RolloutName("web"))
            #expect(
                findings.errors.map { "\($0.check) \($0.subject): \($0.what)" } == [
                    "sessions Consul 1.8.7: can't give out the cookie of `stickiness`: headers of a split came with 1.11"
                ])
        }
    }

    @Test(arguments: [
        ("1.8.7", true), ("1.10.12", true), ("1.11.0", false), ("1.17.0+ent", false), ("2.0.3", false),
    ])
    func cookiesCameWithOneEleven(version: String, isOlder: Bool) throws {
        #expect((try #require(ConsulVersion(version)) < .givesOutCookies) == isOlder)
        #expect(ConsulVersion("dev") == nil)
    }

    /// What hashes choose is none of our business, and stays.
    @Test func aHashOfTheUsersStaysInTheResolver() throws {
        let balancer: JSON = [
            "Policy": "ring_hash", "HashPolicies": [["Field": "cookie", "FieldValue": "shop"]],
        ]
        let write = consulWrite(try split(20), try consulTarget())
        let target = try ConsulTarget(write.target)
        let entry = ConsulEntry(
            target.entry(.resolver), ["Kind": "service-resolver", "Name": "web", "LoadBalancer": balancer])
        let route = ConsulRoute(
            write.route, target, write.target.backends, refuge: .a, occupants: write.occupants)
        #expect(try route.resolver(on: entry)?["LoadBalancer"] == balancer)
    }

    /// The Consul at hand is too old to keep what callers say of their upstreams; what it would answer is known.
    @Test func whatACallerSaysOfItsUpstreamIsNamed() {
        let caller: JSON = [
            "Kind": "service-defaults", "Name": "front",
            "UpstreamConfig": [
                "Overrides": [
                    [
                        "Name": "web", "Limits": ["MaxConnections": 8],
                        "PassiveHealthCheck": ["MaxFailures": 3],
                    ],
                    ["Name": "other", "Limits": ["MaxConnections": 1]],
                ]
            ],
        ]
        #expect(
            caller.defaultsFindings(of: "web").map { "\($0.subject): \($0.what)" } == [
                "service-defaults front: leaves out who fails: MaxFailures 3",
                "service-defaults front: has limits: MaxConnections 8",
            ])
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
