import Transport

extension APIRequest {
    static func writing(_ write: ObjectWrite) -> APIRequest {
        switch write.deed {
        case .create(let object):
            // A subresource is created below its object: an eviction is.
            let name = write.subresource == nil ? nil : write.object.name
            return request(.create, write, name, strictly: true, body: object)
        case .replace(let object):
            return request(.update, write, write.object.name, strictly: true, body: object)
        case .apply(let object, let force):
            return request(
                .patch, write, write.object.name, [Parameter(name: "force", value: "\(force)")],
                type: "application/apply-patch+yaml", body: object)
        case .patch(let operations):
            return request(
                .patch, write, write.object.name, type: "application/json-patch+json",
                body: .array(operations.map(\.json)))
        case .merge(let object):
            return request(
                .patch, write, write.object.name, type: "application/merge-patch+json", body: object)
        case .delete(let uid):
            return APIRequest(
                .delete, write.object.kind, in: write.object.namespace, write.object.name,
                subresource: write.subresource, query: write.dryRun, contentType: "application/json",
                body: deletion(uid))
        }
    }

    private static func request(
        _ verb: Verb, _ write: ObjectWrite, _ name: String?, _ more: [Parameter] = [], strictly: Bool = false,
        type: String = "application/json", body: JSON
    ) -> APIRequest {
        // A field that the server doesn't know would be dropped in silence.
        let strict = strictly ? [Parameter(name: "fieldValidation", value: "Strict")] : []
        return APIRequest(
            verb, write.object.kind, in: write.object.namespace, name, subresource: write.subresource,
            query: [Parameter(name: "fieldManager", value: write.manager)] + more + strict + write.dryRun,
            contentType: type, body: body)
    }

    private static func deletion(_ uid: String?) -> JSON {
        var options: JSON = ["apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"]
        if let uid { options["preconditions"] = ["uid": .string(uid)] }
        return options
    }
}

extension ObjectWrite {
    fileprivate var dryRun: [APIRequest.Parameter] {
        isDryRun ? [APIRequest.Parameter(name: "dryRun", value: "All")] : []
    }
}

extension PatchOperation {
    fileprivate var json: JSON {
        switch self {
        case .test(let path, let value): ["op": "test", "path": .string(path), "value": value]
        case .add(let path, let value): ["op": "add", "path": .string(path), "value": value]
        case .replace(let path, let value): ["op": "replace", "path": .string(path), "value": value]
        case .remove(let path): ["op": "remove", "path": .string(path)]
        }
    }
}
