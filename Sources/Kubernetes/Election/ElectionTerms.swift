/// How long leadership lasts. The defaults are those of Kubernetes' own controllers.
package struct ElectionTerms: Hashable, Sendable {
    /// Others wait so long after the leader's last sign of life.
    package let duration: Duration
    /// The leader gives up when it could not renew for so long: well before others may take over.
    package let renewal: Duration
    /// Between two attempts, of the leader and of those who wait.
    package let retry: Duration

    package init(
        duration: Duration = .seconds(15), renewal: Duration = .seconds(10), retry: Duration = .seconds(2)
    ) {
        precondition(
            duration > renewal && renewal > retry && retry > .zero,
            "a leader that gives up later than others take over is one of two leaders")
        self.duration = duration
        self.renewal = renewal
        self.retry = retry
    }
}

/// Who leads, as a candidate hears of it.
package enum Leadership: Hashable, Sendable {
    /// We do. The epoch is higher than that of any leader before: writes that bear it can be told from theirs.
    case leading(epoch: Int)
    /// We don't any more, and must have stopped by now.
    case lost(String)
    /// Somebody else does; empty: nobody.
    case following(String)
}
