import Rollouts

/// What a route may ask beside weights, and what not everybody who carries routes out honours.
enum GatewayFeature: String, Hashable, Sendable, CaseIterable {
    case methods, queryParams
    case headerPatterns, pathPatterns, queryPatterns
    case mirror, mirrorShare, manyMirrors
    /// Headers that one backend's answers get, and another one's don't.
    case backendFilters
    /// `sessionPersistence`, of the API's experimental channel.
    case sessions

    /// As GatewayClasses list what they support; none where the API has no name for it.
    var conformanceName: String? {
        switch self {
        case .methods: "HTTPRouteMethodMatching"
        case .queryParams: "HTTPRouteQueryParamMatching"
        case .mirror: "HTTPRouteRequestMirror"
        case .mirrorShare: "HTTPRouteRequestPercentageMirror"
        case .manyMirrors: "HTTPRouteRequestMultipleMirrors"
        case .backendFilters: "HTTPRouteBackendRequestHeaderModification"
        case .headerPatterns, .pathPatterns, .queryPatterns, .sessions: nil
        }
    }

    /// What a cookie takes that keeps users with a release.
    static let ofStickiness: Set<GatewayFeature> = [.backendFilters, .headerPatterns]

    /// For people: what they would have to do without.
    var words: String {
        switch self {
        case .methods: "rules by method"
        case .queryParams: "rules by query parameter"
        case .headerPatterns: "patterns for headers, which cookies need too"
        case .pathPatterns: "patterns for paths"
        case .queryPatterns: "patterns for query parameters"
        case .mirror: "copies of requests (RequestMirror)"
        case .mirrorShare: "copies of a share of the requests"
        case .manyMirrors: "several copies of a request"
        case .backendFilters: "headers for one backend, which give out the cookie"
        case .sessions: "sessions (sessionPersistence)"
        }
    }
}

extension NamedRoute {
    /// What it asks of whoever carries it out as such a route.
    func features(in route: GatewayRoute) -> Set<GatewayFeature> {
        var features = rules.reduce(into: Set<GatewayFeature>()) { $0.formUnion($1.rule.features) }
        if rules.count(where: { $0.rule.isMirror && $0.rule.matches.isEmpty }) > 1 {
            features.insert(.manyMirrors)
        }
        if stickiness != nil { features.formUnion(route.stickinessFeatures) }
        return features
    }
}

extension GatewayRoute {
    /// What keeps users with a release.
    var stickinessFeatures: Set<GatewayFeature> { keepsSessions ? [.sessions] : GatewayFeature.ofStickiness }
}

extension RouteRule {
    fileprivate var features: Set<GatewayFeature> {
        var features = matches.reduce(into: Set<GatewayFeature>()) { $0.formUnion($1.features) }
        if case .mirror(let share) = deed {
            features.insert(.mirror)
            if share < .all { features.insert(.mirrorShare) }
        }
        return features
    }
}

extension RequestMatch {
    fileprivate var features: Set<GatewayFeature> {
        var features: Set<GatewayFeature> = []
        if method != nil { features.insert(.methods) }
        if !query.isEmpty { features.insert(.queryParams) }
        if !cookies.isEmpty || headers.contains(where: { !$0.value.isPlain }) {
            features.insert(.headerPatterns)
        }
        if query.contains(where: { !$0.value.isPlain }) { features.insert(.queryPatterns) }
        if case .regex? = path { features.insert(.pathPatterns) }
        return features
    }
}

extension TextMatch {
    /// Whether it is one text. The API has nothing for an empty one.
    fileprivate var isPlain: Bool {
        if case .exact(let text) = self { !text.isEmpty } else { false }
    }
}
