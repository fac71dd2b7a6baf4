import Analysis
import Manifests
import Rollouts

/// The freezes of a cluster: each holds the Rollouts of its own namespace, by the names that they have there.
struct ClusterFreezes: FreezeCalendar {
    /// By namespace.
    var books: [String: FreezeBook] = [:]

    func freeze(of declaration: Declaration, at moment: Moment, beside overridden: [Freeze]) -> Freeze? {
        guard let key = RolloutKey(source: declaration.source), let book = books[key.namespace] else {
            return nil
        }
        var local = declaration
        local.name = RolloutName(key.name)
        return book.freeze(of: local, at: moment, beside: overridden)
    }
}

/// Before the cluster's freezes are known, nothing of the cluster advances.
struct UnknownFreezes: FreezeCalendar {
    func freeze(of declaration: Declaration, at moment: Moment, beside overridden: [Freeze]) -> Freeze? {
        guard RolloutKey(source: declaration.source) != nil else { return nil }
        return Freeze(
            name: "unknown-freezes",
            reason: "which freezes the cluster has is not known yet; the log says why",
            until: nil)
    }
}
