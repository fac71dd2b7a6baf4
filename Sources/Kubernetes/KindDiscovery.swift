/// Tells which versions of a kind an API server has.
package protocol KindDiscovery: Sendable {
    /// The first of several versions of a kind that the server serves; none where it serves none.
    func served(among kinds: [ResourceKind]) async throws(KubernetesError) -> ResourceKind?
}

extension KubernetesClient: KindDiscovery {}
