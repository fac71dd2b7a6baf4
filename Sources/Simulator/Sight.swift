package import Rollouts

/// Something that a witness in the world could see: what the laws are checked against.
package indirect enum Sight: Sendable {
    /// A controller came to life on a journal of so many entries.
    case began(life: Int, entries: [Entry])
    case died(life: Int, CrashPoint?)
    /// Entries that an append had failed to record are in the journal after all.
    case resurfaced(Entry)
    /// An entry is durable.
    case journaled(Entry, life: Int)
    /// Somebody was told that these are durable.
    case acknowledged([Entry], of: RolloutName)
    case wished(String, RolloutName, by: String)
    case declined(String, RolloutName)
    /// A write was begun.
    case sent(RolloutName, since: Sequence, route: Route, life: Int)
    /// The mesh's interface took a write.
    case landed(RolloutName, Borne, over: Borne?)
    /// A data plane carries something new.
    case carried(RolloutName, plane: Int, Borne)
    /// The platform took sizes; a release that is not among them has no instances any more.
    case scaled(RolloutName, sizes: [String: Int])
    /// Somebody else changed what the mesh bears.
    case tampered(RolloutName)
    /// The metrics store answered.
    case answered(String, isGood: Bool)
    /// An abort was handed to a controller that has a release to take back.
    case abortWished(RolloutName, life: Int)
    /// The world: an outage, a full disk.
    case weather(String)
    /// The state of a controller while nothing was going on.
    case rested(Rollout, life: Int)
    /// From here on there are no more faults.
    case calmed
    case ended([Rollout])
}

extension Sight {
    /// Whether it only says how things are, and not that something happened.
    var isLook: Bool {
        if case .rested = self { true } else { false }
    }
}
