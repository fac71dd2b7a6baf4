/// What this project writes on the objects that it runs.
enum Mark {
    /// Label of ReplicaSets and pods: the name under which a rollout's objects are filed. The watches ask for it.
    static let rollout = "headgate.dev/rollout"
    /// The rollout's own name.
    static let name = "headgate.dev/rollout-name"
    static let release = "headgate.dev/release"
    /// The value of the label that tells a release's pods apart.
    static let hash = "headgate.dev/release-hash"
    /// Counts the releases of a rollout, from one.
    static let revision = "headgate.dev/revision"
    /// The fence: the event that wanted the last write, and the journal that it is of.
    static let since = "headgate.dev/since"
    static let journal = "headgate.dev/journal"
    /// The fence too: the number of the leader that wrote it, where leaders are elected.
    static let epoch = "headgate.dev/epoch"
    /// The digest of the template as it was written: the API server fills in defaults, so that the template itself
    /// can't be compared with what it was made from.
    static let template = "headgate.dev/template"
    /// On a Service: what the rollout that points it is filed under.
    static let service = "headgate.dev/pointed-by"
    /// The role's labels and annotations that are on the pods, once they are on all of them.
    static let metadata = "headgate.dev/metadata"
}
