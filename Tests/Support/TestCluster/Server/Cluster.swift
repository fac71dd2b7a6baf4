import Foundation
package import Kubernetes
import Synchronization
package import Transport

/// A Kubernetes API server for tests: it answers what a real one answers, and misbehaves when it is told to.
///
/// What it holds can be looked at and changed without HTTP; watches see those changes like all others.
package final class Cluster: Sendable {
    /// `http://127.0.0.1:40123`
    package let url: String
    private let shared: ClusterCore

    init(url: String, _ shared: ClusterCore) {
        self.url = url
        self.shared = shared
    }
}

// MARK: - What is there

extension Cluster {
    /// Every request that came over HTTP, in order.
    package var log: [LoggedRequest] { shared.withState { $0.log } }

    package var revision: Int { shared.withState { $0.storage.revision } }

    package func object(_ object: ObjectReference) -> JSON? {
        shared.withState { state in
            state.storage[object.key].map { object.target(in: state).shown($0) }
        }
    }

    package func objects(_ kind: ResourceKind, in namespace: String? = nil, labels: String = "") -> [JSON] {
        guard let labels = try? LabelRequirement.read(labels) else {
            preconditionFailure("no label selector: \(labels)")
        }
        let selection = Selection(namespace: namespace, labels: labels)
        return shared.withState { state in
            state.storage.all(kind.id).map(\.value).filter(selection.contains)
        }
    }

    /// Asks without HTTP; neither faults nor the log know of it.
    @discardableResult
    package func ask(_ request: ClusterRequest) -> ClusterAnswer {
        shared.change { $0.answer(request, at: Date()) }
    }
}

// MARK: - Changing it

extension Cluster {
    /// Creates an object, and its namespace where that is missing. What a cluster refuses is a mistake in the test.
    @discardableResult
    package func create(_ object: JSON, _ kind: ResourceKind, in namespace: String? = nil) -> JSON {
        let namespace = kind.isNamespaced ? namespace ?? "default" : nil
        if let namespace { ensureNamespace(namespace) }
        // A server asks for them; a test has said it by the kind.
        var named = object
        if named["kind"] == nil { named["kind"] = JSON(kind.kind) }
        if named["apiVersion"] == nil { named["apiVersion"] = JSON(kind.apiVersion) }
        let path = kind.path(in: namespace)
        return agreed(ClusterRequest(.post, path, body: named.bytes, userAgent: "test"))
    }

    package func ensureNamespace(_ name: String) {
        let namespace: JSON = ["metadata": ["name": JSON(name)]]
        ask(ClusterRequest(.post, "/api/v1/namespaces", body: namespace.bytes, userAgent: "test"))
    }

    /// Changes an object, as somebody else would, whichever version it has. `subresource` is `status` or none.
    @discardableResult
    package func edit(
        _ object: ObjectReference, _ subresource: String? = nil, as manager: String = "test",
        _ change: (inout JSON) -> Void
    ) -> JSON {
        let path = object.path + (subresource.map { "/" + $0 } ?? "")
        // Who writes meanwhile, as what is tested may, makes it look again.
        for _ in 0..<100 {
            guard var changed = self.object(object) else { preconditionFailure("there is no \(object)") }
            change(&changed)
            let request = ClusterRequest(.put, path, body: changed.bytes, userAgent: manager)
            let answer = ask(request)
            if answer.status != 409 { return agreed(request, answer) }
        }
        preconditionFailure("\(object) never stays the same for the time of a write")
    }

    package func delete(_ object: ObjectReference) {
        ask(ClusterRequest(.delete, object.path, userAgent: "test"))
    }

    /// Serves the kind from now on.
    package func install(_ kind: CustomKinds) { install(kind.served) }

    func install(_ kind: ServedKind) {
        shared.change { $0.catalog.add(kind) }
    }

    private func agreed(_ request: ClusterRequest) -> JSON {
        agreed(request, ask(request))
    }

    private func agreed(_ request: ClusterRequest, _ answer: ClusterAnswer) -> JSON {
        guard (200..<300).contains(answer.status), let json = answer.json else {
            preconditionFailure("the cluster refused a test's own \(request.method): \(answer.body)")
        }
        return json
    }
}

// MARK: - Misbehaviour

extension Cluster {
    package func inject(_ fault: ClusterFault) { shared.change { $0.faults.append(fault) } }

    package func clearFaults() { shared.change { $0.faults = [] } }

    package func setAccess(_ access: Access) { shared.change { $0.access = access } }

    /// Every answer about the kind bears these as `Warning` headers.
    package func warn(_ texts: [String], about kind: ResourceKind) {
        shared.change { $0.warnings[kind.id] = texts }
    }

    /// Ends every watch without a word, as a restart does.
    package func dropWatches() { shared.dropWatches() }

    /// No watch, and no list that was handed out in part, can go on from where it was.
    package func expireWatches() {
        shared.change { state in
            state.storage.forgetHistory()
            state.pages = [:]
        }
        shared.endWatches(with: .tooOld(0, oldest: revision))
    }

    /// Tells every watch that wants it how far it is.
    package func sendBookmarks() { shared.sendBookmarks() }

    package var watchCount: Int { shared.watchCount }
}

extension ResourceKind {
    var id: KindID { KindID(group: group, plural: plural) }

    package func path(in namespace: String?) -> String {
        let root = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        return root + (namespace.map { "/namespaces/\($0)" } ?? "") + "/\(plural)"
    }
}

extension ObjectReference {
    var key: ObjectKey { ObjectKey(kind: kind.id, namespace: namespace ?? "", name: name) }

    package var path: String { kind.path(in: namespace) + "/\(name)" }

    fileprivate func target(in state: ClusterState) -> Target {
        guard let served = state.catalog[kind.id] else {
            preconditionFailure("the cluster serves no \(kind.kind)")
        }
        return Target(
            kind: served, version: kind.version, namespace: namespace, name: name, subresource: nil)
    }
}
