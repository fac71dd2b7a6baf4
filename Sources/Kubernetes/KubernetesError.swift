/// What an API server said against a request, by what the caller can do about it.
package struct KubernetesError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Somebody changed the object since it was read: read it again and plan anew.
        case stale
        /// Others own the fields.
        case ownedByOther(managers: [String], fields: [String])
        /// The object, or its kind, is not there.
        case missing
        /// The object to be created is there already.
        case exists
        /// The object is not as its kind demands, or not as a policy of the cluster does: a webhook denied it.
        case invalid
        /// The server does not know the kind or a field.
        case unsupported
        /// Not allowed; where it is for want of an RBAC rule, the message has the rule to add.
        case forbidden
        /// Nobody knows who we are: the credentials are wrong or have expired.
        case unauthenticated
        /// The resourceVersion is too old to go on from: list again.
        case expired
        /// The server is in trouble, or wants to be left alone for a while: try again.
        case unavailable(retryAfter: Duration?)
        /// Nobody waits for the answer any more.
        case cancelled
    }

    package let kind: Kind
    /// What was asked, what was answered, and what to do.
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// Whether the same request may succeed later.
    package var isTransient: Bool {
        switch kind {
        case .stale, .expired, .unavailable: true
        default: false
        }
    }
}

extension KubernetesError: CustomStringConvertible {
    package var description: String { message }
}
