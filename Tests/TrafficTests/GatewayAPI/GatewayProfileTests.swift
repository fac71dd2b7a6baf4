import Rollouts
import Testing
import Transport

@testable import Traffic

/// What is refused because whoever carries the route out would pass over it.
@Suite struct GatewayProfileTests {
    @Test(arguments: [
        ("linkerd", "copies of requests (RequestMirror)"), ("nginx", "headers for one backend"),
        ("nginx", "patterns for paths"),
    ])
    func whatIsPassedOverIsRefused(name: String, words: String) throws {
        let profile: GatewayProfile = try #require(GatewayProfile.named(name))
        let implementation = Implementation(profile: profile)
        let wanted = try wanted(everything)
        let message = failure { try implementation.check(wanted, in: GatewayRoute(.httpRoute, "web")) }?
            .message
        #expect(message?.hasPrefix("HTTPRoute web: \(name) does not honour ") == true)
        #expect(message?.contains(words) == true)
    }

    /// The table of docs/gateway-api.md: all of what is not here is honoured.
    @Test(
        arguments: [
            ("istio", [], [.sessions]), ("envoy-gateway", [], []),
            ("cilium", [], [.mirrorShare, .backendFilters, .sessions]),
            ("contour", [], [.mirrorShare, .manyMirrors, .sessions]),
            ("kgateway", [], [.mirrorShare, .sessions]),
            ("agentgateway", [], GatewayFeature.allCases),
            ("nginx", [.pathPatterns, .backendFilters], [.sessions]),
            ("traefik", [], [.mirror, .mirrorShare, .manyMirrors, .backendFilters, .sessions]),
            ("linkerd", [.mirror, .mirrorShare, .manyMirrors, .sessions], [.backendFilters]),
        ] as [(String, [GatewayFeature], [GatewayFeature])])
    func eachClaimOfTheTableIsHeld(name: String, lacks: [GatewayFeature], isUnsureOf: [GatewayFeature]) throws
    {
        let profile: GatewayProfile = try #require(GatewayProfile.named(name))
        let implementation = Implementation(profile: profile)
        for feature in GatewayFeature.allCases {
            let expected: Implementation.Answer =
                lacks.contains(feature) ? .passedOver : isUnsureOf.contains(feature) ? .unsure : .honoured
            #expect(implementation.answer(to: feature) == expected, "\(name): \(feature)")
        }
    }

    /// Whose conditions say which generation they are about, and by what name they sign.
    @Test(arguments: [
        ("istio.io/gateway-controller", "istio", true), ("istio.io/mesh-controller", "istio", true),
        ("istio.io/agentgateway-controller", "agentgateway", true),
        ("linkerd.io/policy-controller", "linkerd", false),
        ("gateway.envoyproxy.io/gatewayclass-controller", "envoy-gateway", true),
    ])
    func aControllerIsKnownByItsName(controller: String, name: String, tellsGeneration: Bool) throws {
        let profile = try #require(GatewayProfile.of(controller))
        #expect(profile.name == name && profile.tellsGeneration == tellsGeneration)
    }

    @Test func whatIsHonouredIsNot() throws {
        for profile in [GatewayProfile.istio, .envoyGateway] {
            try Implementation(profile: profile).check(
                wanted(everything), in: GatewayRoute(.httpRoute, "web"))
        }
    }

    @Test func aRouteWithoutRulesAsksForNothing() throws {
        try Implementation(profile: .linkerd).check(
            wanted(everything), in: GatewayRoute(.httpRoute, "web", takesRules: false))
    }

    @Test func aShareThatWouldBecomeNothingIsRefused() throws {
        let fine = Route(giving: [(.b, try #require(Weight(checking: 50)))], rest: .a)
        let message = failure {
            try Implementation(profile: .nginx).check(wanted(fine), in: GatewayRoute(.httpRoute, "web"))
        }?.message
        #expect(message?.contains("divides to 0.01%, and 0.005% would become nothing") == true)
        let weights = failure {
            try Implementation(profile: .nginx).check(wanted(fine), in: GatewayRoute(.tlsRoute, "web"))
        }
        #expect(weights?.message.contains("passes over the weights of a TLSRoute") == true)
    }

    @Test func whatItsClassListsCountsMoreThanWhatWeKnow() throws {
        let listed = Implementation(ofClass: [
            "spec": ["controllerName": "io.cilium/gateway-controller"],
            "status": ["supportedFeatures": [["name": "HTTPRouteRequestMirror"], "HTTPRoute"]],
        ])
        #expect(listed.profile == .cilium)
        #expect(listed.answer(to: .mirror) == .honoured && listed.answer(to: .mirrorShare) == .passedOver)
        #expect(listed.answer(to: .headerPatterns) == .honoured, "the API has no name for that")
        let silent = Implementation(ofClass: ["spec": ["controllerName": "example.com/new"]])
        #expect(GatewayFeature.allCases.allSatisfy { silent.answer(to: $0) == .unsure })
    }

    @Test func everyControllerIsOneImplementation() {
        let controllers = GatewayProfile.all.flatMap(\.controllers)
        #expect(Set(controllers).count == controllers.count)
        #expect(Set(GatewayProfile.all.map(\.name)).count == GatewayProfile.all.count)
        #expect(GatewayProfile.all.allSatisfy { $0.lacks.isDisjoint(with: $0.isUnsureOf) })
    }

    private var everything: Route {
        get throws {
            try split(
                20,
                rules: [
                    istioSend("path", RequestMatch(path: .regex("/v[0-9]+"))),
                    istioMirror("copy", percent: 5),
                ], stickyBy: "arm")
        }
    }

    private func wanted(_ route: Route) throws -> NamedRoute {
        try NamedRoute(gatewayWrite(route, gatewayTarget()), managed: [])
    }
}
