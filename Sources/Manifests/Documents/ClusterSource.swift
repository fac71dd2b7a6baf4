/// The sources of declarations that stand in no file, but in a cluster: `cluster:shop/rollouts.headgate.dev/checkout`.
///
/// Whoever follows files leaves them alone, and the other way round.
package enum ClusterSource {
    package static let prefix = "cluster:"

    package static func isOne(_ source: String) -> Bool { source.hasPrefix(prefix) }
}
