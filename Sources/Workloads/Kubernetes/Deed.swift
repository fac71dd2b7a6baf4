/// One thing to be done to the cluster, for one order.
package enum Deed: Hashable, Sendable {
    /// Make the ReplicaSet of the release that the manifest describes.
    case create(size: Int, revision: Int)
    /// Give it as many instances, under the order's fence.
    case resize(ReplicaSet, to: Int)
    /// Nothing but the order's fence.
    case mark(ReplicaSet)
    /// Put the role's labels and annotations on its pods.
    case dress(ReplicaSet, RoleMetadata)
    /// Let the Service select the release's pods.
    case point(ServiceSight, at: ReplicaSet)
    case evict(Pod)
    case delete(ReplicaSet)
    case shrink(DeploymentSight, to: Int)
}

/// What an order needs next.
package enum Progress: Hashable, Sendable {
    /// Do these, and look again.
    case act([Deed])
    /// Read what the ReplicaSets stand in, and look again.
    case look
    /// Look again when something has changed; if it never does, this is what to say.
    case wait(String)
    /// Everything is as ordered: what was seen.
    case done(String)
}
