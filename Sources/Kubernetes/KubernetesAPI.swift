package import Transport

/// What the rest of the house asks of an API server. `KubernetesClient` is the one that runs.
///
/// Objects are whole JSON trees: no field that this project doesn't know is ever lost.
package protocol KubernetesAPI: Sendable {
    func read(_ object: ObjectReference, _ urgency: Urgency) async throws(KubernetesError) -> JSON

    /// All pages, at one resourceVersion.
    func list(_ query: ObjectQuery, _ urgency: Urgency) async throws(KubernetesError) -> ObjectList

    /// Carries out a write, and returns the object as it is then.
    func write(_ write: ObjectWrite, _ urgency: Urgency) async throws(KubernetesError) -> JSON

    /// What is there, and then every change, for as long as somebody reads it. Interruptions, expired versions and
    /// server trouble are dealt with inside: a `listed` event then tells what is there anew.
    func watch(_ query: ObjectQuery) -> AsyncStream<ObjectEvent>
}

/// Taking traffic back passes the client's own limits.
package enum Urgency: Hashable, Sendable {
    case ordinary
    case rollback
}

/// Which objects of a kind.
package struct ObjectQuery: Hashable, Sendable {
    package let kind: ResourceKind
    /// None: those of all namespaces.
    package let namespace: String?
    /// `app=web,track!=canary`; none: all.
    package let labels: String?
    /// `metadata.name=web`; none: all.
    package let fields: String?

    package init(_ kind: ResourceKind, in namespace: String?, labels: String? = nil, fields: String? = nil) {
        self.kind = kind
        self.namespace = namespace
        self.labels = labels
        self.fields = fields
    }
}

package struct ObjectList: Hashable, Sendable {
    package let items: [JSON]
    package let resourceVersion: String

    package init(items: [JSON], resourceVersion: String) {
        self.items = items
        self.resourceVersion = resourceVersion
    }
}

package enum ObjectEvent: Hashable, Sendable {
    /// All there is: at the start, and after a gap.
    case listed([JSON])
    case added(JSON)
    case modified(JSON)
    case deleted(JSON)
    /// The watch is interrupted and will be taken up again; for logs and status.
    case interrupted(KubernetesError)
}

/// One write to one object.
package struct ObjectWrite: Hashable, Sendable {
    package enum Deed: Hashable, Sendable {
        case create(JSON)
        /// The whole object; its resourceVersion, where it has one, must be the current one.
        case replace(JSON)
        /// Server-side apply: the fields in here are owned by the manager from now on.
        case apply(JSON, force: Bool)
        /// JSON patch. Put `.version(…)` first where a lost race must not overwrite anything.
        case patch([PatchOperation])
        case merge(JSON)
        /// Only where the object still has this uid; none: whichever it is.
        case delete(uid: String?)
    }

    package let object: ObjectReference
    package let deed: Deed
    /// Under which name the API server files who owns which field. One name for `apply`, another for the rest: a
    /// name that does both is in conflict with itself.
    package let manager: String
    /// `status` or `scale`; none: the object itself.
    package let subresource: String?
    /// Looks whether it would work, and changes nothing.
    package let isDryRun: Bool

    package init(
        _ object: ObjectReference, _ deed: Deed, manager: String, subresource: String? = nil,
        isDryRun: Bool = false
    ) {
        self.object = object
        self.deed = deed
        self.manager = manager
        self.subresource = subresource
        self.isDryRun = isDryRun
    }
}

/// One operation of a JSON patch (RFC 6902). Paths are JSON pointers.
package enum PatchOperation: Hashable, Sendable {
    case test(String, JSON)
    case add(String, JSON)
    case replace(String, JSON)
    case remove(String)

    /// Fails the patch with `stale`, where a failing `test` looks like a bad patch.
    package static func version(_ resourceVersion: String) -> PatchOperation {
        .replace("/metadata/resourceVersion", .string(resourceVersion))
    }
}
