import Foundation
import Rollouts
import Transport

/// What consul-k8s says of a custom resource.
///
/// It does not say which version it speaks of. But it writes the status of an object only while that is the version it
/// has read, so that a status which was written after the spec is about this spec: a mark bears what the status was when
/// the spec was last changed (`noted`). Its times are whole seconds: two looks in one can't be told apart.
struct SyncStatus: Hashable, Sendable {
    private let name: EntryName
    private let status: JSON
    private let isRecent: Bool

    init(_ entry: ConsulEntry) {
        name = entry.name
        status = entry.resource?["status"] ?? .null
        isRecent = entry.resource?.isStatusAsLateAsSpec ?? false
    }

    var fingerprint: String { Traffic.fingerprint(of: Array(status.text.utf8)) }
}

extension SyncStatus {
    enum Verdict: Hashable {
        /// `at 2026-11-25T10:00:00Z`
        case synced(String)
        /// The same, and it may be of the version before.
        case undated(String)
        /// By Consul, or because the entry is somebody else's.
        case refused(RouteFailure.Kind, String)
        /// Nobody has spoken of this version. They need not: what Consul has already is not made again.
        case silent(String)
        /// Nobody has ever spoken of it, or what they said passes.
        case awaited(String)
    }

    /// - Parameter isPatient: whether it has been waited for a word that can be dated.
    func verdict(noted: String?, isPatient: Bool) -> Verdict {
        guard let condition else { return .awaited("consul-k8s has not spoken of \(name) yet") }
        let isDated = isCurrent(noted: noted)
        guard isDated || isUndated(noted: noted), isDated || isPatient else {
            return .silent("consul-k8s has not spoken of \(name) since it was written")
        }
        guard condition["status"] == "True" else { return objection(condition) }
        let words = "\(name) synced at \(status["lastSyncedTime"]?.string ?? "a time that it does not say")"
        return isDated ? .synced(words) : .undated("\(words), which may be the version before")
    }

    /// What the next mark notes, when the spec is changed with it or not.
    func note(after mark: ObjectMark?, isChanged: Bool) -> String? {
        if isChanged { return fingerprint }
        return isCurrent(noted: mark?.status) || !isUndated(noted: mark?.status) ? mark?.status : nil
    }

    /// What it says, of whichever version; none where it speaks well of it.
    var objection: (isSaid: Bool, text: String)? {
        guard let condition else { return (false, "consul-k8s has not spoken of it") }
        return condition["status"] == "True" ? nil : (true, words(of: condition))
    }
}

extension SyncStatus {
    private var condition: JSON? {
        (status["conditions"]?.array ?? []).first { $0["type"] == "Synced" }
    }

    private func isCurrent(noted: String?) -> Bool { noted != nil && noted != fingerprint }

    private func isUndated(noted: String?) -> Bool { noted == nil || isRecent }

    private func objection(_ condition: JSON) -> Verdict {
        let text = "\(name): \(words(of: condition))"
        guard condition["status"] == "False" else { return .awaited(text) }
        if condition["reason"] == "ExternallyManagedConfigError" {
            return .refused(
                .foreign,
                text
                    + "; the entry in Consul is not consul-k8s' own: delete it there, or annotate the resource with "
                    + "consul.hashicorp.com/migrate-entry: \"true\"")
        }
        // What passes, Consul is asked again by consul-k8s itself.
        let kind = ConsulError(500, condition["message"]?.string ?? "").kind
        return [.invalid, .unsupported].contains(kind) ? .refused(.rejected, text) : .awaited(text)
    }

    private func words(of condition: JSON) -> String {
        let reason = condition["reason"]?.string.flatMap { $0.isEmpty ? nil : " (\($0))" } ?? ""
        return "Synced is \(condition["status"]?.string ?? "?")\(reason): "
            + (condition["message"]?.string ?? "without a word why")
    }
}

extension JSON {
    /// By the API server's own clock, which counts whole seconds.
    fileprivate var isStatusAsLateAsSpec: Bool {
        let entries = self["metadata"]["managedFields"]?.array ?? []
        let latest = { (isStatus: Bool) in
            entries.filter { ($0["subresource"] == "status") == isStatus }
                .compactMap { $0["time"]?.string.flatMap(moment) }.max()
        }
        guard let status = latest(true), let spec = latest(false) else { return true }
        return status.addingTimeInterval(1) >= spec
    }
}
