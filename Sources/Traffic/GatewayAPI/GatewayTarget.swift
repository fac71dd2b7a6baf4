package import Transport

/// A rollout's traffic target as the routes of the Gateway API hold it: backends are Services.
///
/// It stands in `TrafficTarget.settings` under the router's name as a JSON text; see `GatewayTarget+Text`. With
/// `namesRoles` the backends are the stable release's Service and the canary's.
package struct GatewayTarget: Hashable, Sendable {
    package var routes: [GatewayRoute]
    package var ownership: Ownership
    /// Who carries the routes out, as `GatewayProfile` calls it; none: whoever their parents name.
    package var implementation: String?
    /// Whether the weights are spelled as they were found, when the rollout rests and they mean the same.
    package var restores: Bool
    /// How Prometheus tells the backends apart; none: as the implementation counts, if it does.
    package var counts: BackendCounts?

    package init(
        routes: [GatewayRoute], ownership: Ownership = .adopt, implementation: String? = nil,
        restores: Bool = false, counts: BackendCounts? = nil
    ) {
        self.routes = routes
        self.ownership = ownership
        self.implementation = implementation
        self.restores = restores
        self.counts = counts
    }
}

/// One route, and which of its rules are the split.
package struct GatewayRoute: Hashable, Sendable {
    package var kind: RouteKind
    package var name: String
    /// None: the namespace of the settings.
    package var namespace: String?
    /// None: whichever is served, the Gateway API's first.
    package var group: RouteGroup?
    /// The names of the rules that are split; none named: all that lead to all backends.
    package var rules: [String]
    /// Whether rules for some requests are put into it.
    package var takesRules: Bool
    /// Whether users stay by the API's own sessions (`sessionPersistence`) instead of a cookie that names the release.
    package var keepsSessions: Bool
    /// The rules as they are without us, where these are ours: `rules` of a `spec`, or `backends` of a TrafficSplit.
    package var base: JSON?

    package init(
        _ kind: RouteKind, _ name: String, in namespace: String? = nil, group: RouteGroup? = nil,
        rules: [String] = [], takesRules: Bool = true, keepsSessions: Bool = false,
        base: JSON? = nil
    ) {
        self.kind = kind
        self.name = name
        self.namespace = namespace
        self.group = group
        self.rules = rules
        self.takesRules = takesRules
        self.keepsSessions = keepsSessions
        self.base = base
    }
}
