import ArgumentParser
import Lab
import Transport

/// One story of the demo.
enum DemoScenario: String, CaseIterable, ExpressibleByArgument {
    case good, bad, manual, rules
    case blueGreen = "blue-green"
    case switchBack = "switch-back"
    case abTest = "ab-test"
    case bake
    case istio
    case istioBad = "istio-bad"
    case gatewayAPI = "gateway-api"
    case gatewayAPIBad = "gateway-api-bad"
    case linkerd
    case linkerdBad = "linkerd-bad"
    case consul
    case consulBad = "consul-bad"

    var isOnConsul: Bool { self == .consul || self == .consulBad }

    /// What it is played on; none: Headgate speaks with Envoy itself.
    var mesh: DemoMesh? { DemoMesh.allCases.first { $0.scenarios.contains(self) } }

    /// A mesh is an installation of its own, and takes a minute: it is played where it is asked for. Whoever asks for
    /// one wants its whole story.
    static func all(of wanted: [DemoScenario]) -> [DemoScenario] {
        guard !wanted.isEmpty else { return allCases.filter { $0.mesh == nil && !$0.isOnConsul } }
        let all = wanted.flatMap { one in
            if one == .consul { return [one, .consulBad] }
            return one.mesh?.scenarios.first == one ? one.mesh?.scenarios ?? [] : [one]
        }
        return all.filter { $0.mesh == nil && !$0.isOnConsul } + all.filter(\.isOnConsul)
            + DemoMesh.allCases.flatMap { mesh in all.filter { $0.mesh == mesh } }
    }

    var title: String {
        switch self {
        case .good: "a good release is announced by CI and climbs to all traffic"
        case .bad: "a release that starts to fail half-way is taken back by itself"
        case .manual: "a release waits at a pause until a person promotes it"
        case .rules: "staff by a header and testers by a cookie see it first, copies of the rest warm it up"
        case .blueGreen: "blue-green: a preview by header, an analysis, the switch, an analysis"
        case .switchBack: "blue-green: a release that fails after the switch is switched back"
        case .abTest: "an A/B test by a sticky share: 30 % of the users, always the same ones"
        case .bake: "a release that fails after it has all traffic returns to the one that was kept warm"
        case .istio: "Istio: a release climbs by a VirtualService, and somebody edits the weights by hand"
        case .istioBad: "Istio: a release that starts to fail is taken back by itself"
        case .gatewayAPI:
            "Gateway API: a release climbs by a HTTPRoute, and somebody edits the weights by hand"
        case .gatewayAPIBad: "Gateway API: a release that starts to fail is taken back by itself"
        case .linkerd: "Linkerd: a release climbs by a HTTPRoute, and somebody edits the weights by hand"
        case .linkerdBad: "Linkerd: a release that starts to fail is taken back by itself"
        case .consul: "Consul: a release climbs by a service-splitter, and somebody edits the weights by hand"
        case .consulBad: "Consul: a release that starts to fail is taken back, while Consul is restarted"
        }
    }

    var manifest: String {
        switch self {
        case .good, .bad: DemoManifest.climbing
        case .manual: DemoManifest.asking
        case .rules: DemoManifest.rules
        case .blueGreen, .switchBack: DemoManifest.blueGreen
        case .abTest: DemoManifest.abTest
        case .bake: DemoManifest.baking
        case .istio, .istioBad: DemoManifest.istio
        case .gatewayAPI, .gatewayAPIBad: DemoManifest.byRoute(of: "gatewayAPI")
        case .linkerd, .linkerdBad: DemoManifest.byRoute(of: "linkerd")
        case .consul, .consulBad: DemoManifest.consul
        }
    }

    /// A step that only this scenario's manifest has: seen in the status, the manifest was taken.
    var mark: String {
        switch self {
        case .good, .bad, .istio, .istioBad, .gatewayAPI, .gatewayAPIBad, .linkerd, .linkerdBad:
            "setWeight 20%"
        case .manual: "promote"
        case .rules: "route staff"
        case .blueGreen, .switchBack: "route preview"
        case .abTest: "shares 30%"
        case .bake: "setWeight 40%"
        case .consul, .consulBad: "setWeight 20%"
        }
    }

    var outcome: DemoReport.Scenario.Outcome {
        switch self {
        case .bad, .switchBack, .bake, .istioBad, .gatewayAPIBad, .linkerdBad, .consulBad: .rolledBack
        case .good, .manual, .rules, .blueGreen, .abTest, .istio, .gatewayAPI, .linkerd, .consul: .promoted
        }
    }

    /// Who asks.
    var kinds: [RequestKind] {
        switch self {
        case .good, .bad, .manual, .bake, .istio, .istioBad, .gatewayAPI, .gatewayAPIBad, .linkerd,
            .linkerdBad, .consul, .consulBad:
            [.any]
        case .rules:
            [
                RequestKind("everybody", share: 8), RequestKind("staff", headers: ["x-staff": "1"]),
                RequestKind("testers", headers: ["cookie": "theme=dark; beta=1"]),
            ]
        case .blueGreen, .switchBack:
            [RequestKind("everybody", share: 8), RequestKind("preview", headers: ["x-preview": "1"])]
        case .abTest: [RequestKind("users", users: 200)]
        }
    }
}

/// A mesh that stories are played on.
enum DemoMesh: CaseIterable {
    case istio, gatewayAPI, linkerd

    /// The first one stands for all of them.
    var scenarios: [DemoScenario] {
        switch self {
        case .istio: [.istio, .istioBad]
        case .gatewayAPI: [.gatewayAPI, .gatewayAPIBad]
        case .linkerd: [.linkerd, .linkerdBad]
        }
    }
}

extension DemoManifest {
    fileprivate static let rules = strategy(
        """
        canary:
          trafficRouting:
            envoy: {clusters: [checkout-a, checkout-b]}
            managedRoutes: [{name: staff}, {name: testers}, {name: copies}]
          steps:
          - setHeaderRoute: {name: staff, match: [{headers: {x-staff: "1"}}]}
          - setHeaderRoute: {name: testers, match: [{cookies: {beta: "1"}}]}
          - setMirrorRoute: {name: copies, percentage: 50, match: [{path: {prefix: /}}]}
          - pause: {duration: 4s}
          - setMirrorRoute: {name: copies}
          - setWeight: 50
          - pause: {duration: 2s}
        """)

    fileprivate static let blueGreen = strategy(
        """
        blueGreen:
          trafficRouting: \(routing)
          previewRoute: {match: [{headers: {x-preview: "1"}}]}
          prePromotionAnalysis: \(analysis("smoke"))
          autoPromotionSeconds: 6
          postPromotionAnalysis: \(analysis("smoke"))
        """)

    fileprivate static let abTest = strategy(
        """
        abTest:
          trafficRouting: \(routing)
          stickiness: {cookie: checkout-arm, maxAge: 1h}
          arms: [{name: control}, {name: short-form, share: 30}]
          duration: 6s
          analysis: \(analysis("success-rate"))
          then: promote
        """)

    fileprivate static let baking = strategy(
        """
        canary:
          trafficRouting: \(routing)
          steps:
          - setWeight: 40
          - pause: {duration: 3s}
          analysis: \(analysis("success-rate"))
          bake: {duration: 30s}
        """)
}
