import Rollouts
import Transport

/// What is known of somebody who carries routes out: what is honoured, and what is said about it.
struct GatewayProfile: Hashable, Sendable {
    /// As manifests call it.
    let name: String
    /// What GatewayClasses and the status of routes call it.
    let controllers: [String]
    /// What it passes over or refuses.
    var lacks: Set<GatewayFeature> = []
    /// What nobody of ours has seen work, nor read about.
    var isUnsureOf: Set<GatewayFeature> = []
    /// Kinds whose weights it passes over.
    var lacksWeights: Set<RouteKind> = []
    /// Whether its conditions say which generation of the object they are about.
    var tellsGeneration = true
    /// Finer shares than this become none.
    var finestShare = Weight.none
}

extension GatewayProfile {
    static let all = [
        istio, linkerd, envoyGateway, cilium, contour, kgateway, agentgateway, nginx, traefik,
    ]

    static func named(_ name: String) -> GatewayProfile? { all.first { $0.name == name } }

    static func of(_ controller: String) -> GatewayProfile? {
        all.first { $0.controllers.contains(controller) }
    }

    /// Gateways, and Services in an ambient or a sidecar mesh.
    static let istio = GatewayProfile(
        name: "istio",
        controllers: [
            "istio.io/gateway-controller", "istio.io/mesh-controller", "istio.io/unmanaged-gateway",
        ], isUnsureOf: [.sessions])

    static let envoyGateway = GatewayProfile(
        name: "envoy-gateway", controllers: ["gateway.envoyproxy.io/gatewayclass-controller"])

    static let cilium = GatewayProfile(
        name: "cilium", controllers: ["io.cilium/gateway-controller"],
        isUnsureOf: [.mirrorShare, .backendFilters, .sessions])

    static let contour = GatewayProfile(
        name: "contour", controllers: ["projectcontour.io/gateway-controller"],
        isUnsureOf: [.mirrorShare, .manyMirrors, .sessions])

    static let kgateway = GatewayProfile(
        name: "kgateway", controllers: ["kgateway.dev/kgateway"], isUnsureOf: [.mirrorShare, .sessions])

    /// Of Istio's: another data plane than Envoy, of which nobody of ours has seen more than weights.
    static let agentgateway = GatewayProfile(
        name: "agentgateway", controllers: ["istio.io/agentgateway-controller"],
        isUnsureOf: Set(GatewayFeature.allCases))

    /// Sessions are a thing of NGINX Plus. Its split has two decimals of a percent. TLSRoutes have one backend there.
    static let nginx = GatewayProfile(
        name: "nginx", controllers: ["gateway.nginx.org/nginx-gateway-controller"],
        lacks: [.pathPatterns, .backendFilters], isUnsureOf: [.sessions], lacksWeights: [.tlsRoute],
        finestShare: Weight(hundredthsOfPercent: 1) ?? Weight.none)

    static let traefik = GatewayProfile(
        name: "traefik", controllers: ["traefik.io/gateway-controller"],
        isUnsureOf: [.mirror, .mirrorShare, .manyMirrors, .backendFilters, .sessions])
}

/// Who carries a route out for one of its parents, and how that is known.
struct Implementation: Hashable, Sendable {
    /// None where it is not known to us.
    var profile: GatewayProfile?
    /// None where nobody names one.
    var controller: String?
    /// What its GatewayClass lists; none where it lists nothing.
    var supports: Set<String>?

    enum Answer: Hashable {
        case honoured, passedOver, unsure
    }

    /// What the class says of itself counts more than what we know of it.
    func answer(to feature: GatewayFeature) -> Answer {
        if let supports, let name = feature.conformanceName {
            return supports.contains(name) ? .honoured : .passedOver
        }
        guard let profile else { return .unsure }
        if profile.lacks.contains(feature) { return .passedOver }
        return profile.isUnsureOf.contains(feature) ? .unsure : .honoured
    }

    var name: String { profile?.name ?? controller ?? "whoever carries it out" }
}

extension Implementation {
    /// Throws `rejected` where a part of the route would be passed over: a rule that is not there, or copies that
    /// nobody sends.
    func check(_ wanted: NamedRoute, in route: GatewayRoute) throws(RouteFailure) {
        let what = "\(route.kind.name) \(route.name)"
        if profile?.lacksWeights.contains(route.kind) == true {
            throw RouteFailure(.rejected, "\(what): \(name) passes over the weights of a \(route.kind.name)")
        }
        let features = route.takesRules ? wanted.features(in: route) : []
        try checkSessions(features, what)
        let lacking = features.filter { answer(to: $0) == .passedOver }.map(\.words).sorted()
        guard lacking.isEmpty else {
            throw RouteFailure(
                .rejected,
                "\(what): \(name) does not honour \(lacking.joined(separator: ", nor ")); leave that out")
        }
        let finest = profile?.finestShare ?? Weight.none
        guard let fine = wanted.shares.first(where: { $0 > .none && $0 < finest }) else { return }
        throw RouteFailure(
            .rejected, "\(what): \(name) divides to \(finest), and \(fine) would become nothing")
    }

    /// Users would be taken for sticky that are not: it has to be known.
    private func checkSessions(_ features: Set<GatewayFeature>, _ what: String) throws(RouteFailure) {
        guard features.contains(.sessions), answer(to: .sessions) == .unsure else { return }
        throw RouteFailure(
            .rejected,
            "\(what): it is not known whether \(name) honours sessionPersistence; take `sessions` out, and users stay "
                + "by a cookie of the release")
    }

    /// What nobody knows to work.
    func doubts(about wanted: NamedRoute, in route: GatewayRoute) -> [String] {
        guard route.takesRules else { return [] }
        return wanted.features(in: route).filter { answer(to: $0) == .unsure }.map(\.words).sorted()
    }
}
