import Foundation
import Manifests
import Transport

extension ClusterState {
    mutating func patch(_ write: inout Write, _ request: ClusterRequest) throws(Refusal) -> ClusterAnswer {
        let isApply = request.contentType.hasPrefix("application/apply-patch+yaml")
        if isApply { return try apply(&write, request) }
        if request.query["force"] != nil {
            throw .options(
                "PatchOptions",
                Fault(
                    reason: .forbidden, path: "force",
                    message: "Forbidden: may not be specified for non-apply patch"))
        }
        let live = try stored(write.target)
        if write.target.subresource == .scale { return try patchScale(&write, request, live) }
        let shown = write.target.shown(live)
        let patched = try patched(shown, request)
        let object = try decode(patched, &write)
        try write.target.checkKind(of: object)
        try write.target.checkPlace(of: object)
        try checkUID(object, shown, write.target)
        return ClusterAnswer(try update(object, over: live, write, claims: nil))
    }

    /// The object after a JSON patch or a merge patch.
    func patched(_ live: JSON, _ request: ClusterRequest) throws(Refusal) -> JSON {
        let body = String(decoding: request.body, as: UTF8.self)
        let type = request.contentType.split(separator: ";").first.map(String.init)
        switch type {
        case "application/json-patch+json":
            guard let operations = JSON(readable: body)?.array else { throw Refusal.undecodable }
            do { return try JSONPatch(operations).applied(to: live) } catch { throw .badPatch }
        case "application/merge-patch+json":
            guard let patch = JSON(readable: body), patch.object != nil else { throw Refusal.undecodable }
            return live.mergePatched(with: patch)
        default:
            throw .mediaType([
                "application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml",
            ])
        }
    }

    private func decode(_ object: JSON, _ write: inout Write) throws(Refusal) -> JSON {
        do throws(Write.Undecodable) {
            return try write.decoded(object)
        } catch {
            let fault = Fault(
                reason: .invalid, path: "patch",
                message: "Invalid value: \(JSON(object.text).text): \(error.text)")
            throw .invalid("", group: "", "", [fault])
        }
    }

    private func checkUID(_ object: JSON, _ live: JSON, _ target: Target) throws(Refusal) {
        guard let uid = object["metadata"]?["uid"]?.string, !uid.isEmpty,
            uid != live["metadata"]?["uid"]?.string
        else { return }
        let fault = Fault(
            reason: .invalid, path: "metadata.uid", message: "Invalid value: \"\(uid)\": field is immutable")
        throw .invalid(target.kind, target.name ?? "", [fault])
    }
}

// MARK: - Server-side apply

extension ClusterState {
    private mutating func apply(
        _ write: inout Write, _ request: ClusterRequest
    ) throws(Refusal) -> ClusterAnswer {
        let target = write.target
        let live = storage[target.key(target.name ?? "")]
        // Only a whole object is created by this.
        if target.subresource != nil { _ = try stored(target) }
        let applied = try applied(target, request)
        let shown = live.map(target.shown)
        try checkApplied(applied, shown, target)
        var owners = Ownerships(of: live)
        if let shown, owners.entries.isEmpty { owners.fileBeforeFirstApply(shown, target, write.stamp.text) }
        let merged: JSON
        do {
            merged = try owners.apply(
                applied, onto: shown, target.schema, by: write.owner("Apply"), resetting: write.reset,
                force: request.flag("force"), at: write.stamp.text)
        } catch {
            throw Refusal(
                code: 409, reason: "Conflict", message: error.message,
                details: ["causes": .array(error.causes)])
        }
        let object = target.filled(merged)
        guard let live else {
            try checkNamespace(of: target)
            var object = object
            object["metadata"]?["resourceVersion"] = nil
            return ClusterAnswer(try create(object, write, claims: owners), status: 201)
        }
        return ClusterAnswer(try update(object, over: live, write, claims: owners))
    }

    /// What is applied, as it was written: nothing pruned, no defaults.
    private func applied(_ target: Target, _ request: ClusterRequest) throws(Refusal) -> JSON {
        guard !(request.query["fieldManager"] ?? "").isEmpty else {
            throw .options(
                "PatchOptions",
                Fault(
                    reason: .required, path: "fieldManager",
                    message: "Required value: is required for apply patch"))
        }
        guard
            let applied = JSON(readable: String(decoding: request.body, as: UTF8.self)) ?? yaml(request.body)
        else { throw .badRequest("error decoding YAML: the body is neither YAML nor JSON") }
        let (version, kind) = (applied["apiVersion"]?.string ?? "", applied["kind"]?.string ?? "")
        guard version == target.apiVersion, kind == target.kind.kind else {
            let shown = version.contains("/") || version.isEmpty ? version : "/" + version
            throw .badRequest("invalid object type: \(shown.isEmpty ? "/" : shown), Kind=\(kind)")
        }
        try target.checkPlace(of: applied)
        return applied
    }

    private func yaml(_ body: [UInt8]) -> JSON? {
        guard let documents = try? YAMLReader().read(body, file: "body"), documents.count == 1 else {
            return nil
        }
        return documents[0].root.json
    }

    private func checkApplied(_ applied: JSON, _ live: JSON?, _ target: Target) throws(Refusal) {
        let metadata = applied["metadata"]
        if let fault = target.schema.misshapen(in: applied) {
            let place = "\(metadata?["namespace"]?.string ?? "")/\(metadata?["name"]?.string ?? "")"
            let type = "\(target.apiVersion), Kind=\(target.kind.kind)"
            throw .inner("failed to create typed patch object (\(place); \(type)): \(fault)")
        }
        if metadata?["managedFields"] != nil { throw .badRequest("metadata.managedFields must be nil") }
        guard let live else {
            guard let uid = metadata?["uid"]?.string else { return }
            throw .conflict(
                target.kind, target.name ?? "",
                "uid mismatch: the provided object specified uid \(uid), and no existing object was found")
        }
        let version = metadata?["resourceVersion"]?.string
        if version != nil, version != live["metadata"]?["resourceVersion"]?.string {
            throw .conflict(target.kind, target.name ?? "")
        }
        try checkUID(applied, live, target)
    }
}

extension Refusal {
    fileprivate static let undecodable = Refusal.badRequest(
        "error decoding patch: the body is not of the content type")
}

extension Ownerships {
    /// What was there before anybody's fields were filed belongs to a name of its own.
    fileprivate mutating func fileBeforeFirstApply(_ live: JSON, _ target: Target, _ time: String) {
        let owner = Owner(
            name: "before-first-apply", operation: "Update", apiVersion: target.apiVersion, subresource: nil)
        update(from: nil, to: live, target.schema, by: owner, resetting: FieldSet(), at: time)
    }
}
