import Kubernetes

/// Linkerd carries out the Gateway API's routes, and its own that are of the same form.
enum LinkerdProfile {
    /// What manifests call the router.
    static let router = "linkerd"
}

extension GatewayProfile {
    /// A route with a field that it does not know is ignored as a whole, and one with copies is not applied. Its
    /// conditions never say which generation they are about, and don't change when a weight does: they can speak
    /// against a route, and never for a weight.
    static let linkerd = GatewayProfile(
        name: "linkerd", controllers: ["linkerd.io/policy-controller"],
        lacks: [.mirror, .mirrorShare, .manyMirrors, .sessions], isUnsureOf: [.backendFilters],
        tellsGeneration: false)

    /// Its own HTTPRoute has no filter for answers.
    static let linkerdPolicy = GatewayProfile(
        name: "linkerd", controllers: linkerd.controllers,
        lacks: linkerd.lacks.union([.backendFilters]), tellsGeneration: false)
}

extension ResourceKind {
    static let serviceProfile = ResourceKind(
        "linkerd.io", "v1alpha2", "ServiceProfile", plural: "serviceprofiles")
}
