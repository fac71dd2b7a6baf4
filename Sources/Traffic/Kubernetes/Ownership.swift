/// How a router shares an object with whoever declares it.
package enum Ownership: String, Hashable, Sendable, CaseIterable {
    /// The list of routes is ours as a whole, by server-side apply; git leaves it out.
    case own
    /// The object is somebody else's. Only leaves are changed, and what is put in is taken out again.
    case adopt
}

/// The names under which an API server files what we write. One name for both verbs would be in conflict with
/// itself.
enum FieldManager {
    static let apply = "headgate"
    static let patch = "headgate-patch"
}
