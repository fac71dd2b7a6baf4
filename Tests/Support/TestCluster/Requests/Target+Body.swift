import Transport

extension Target {
    /// The object in the body of a create or replace, once it is known to be one of this kind.
    func object(in request: ClusterRequest) throws(Refusal) -> JSON {
        let known = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"]
        guard request.contentType.isEmpty || request.contentType.hasPrefix("application/json") else {
            throw .mediaType(known)
        }
        guard let object = JSON(readable: String(decoding: request.body, as: UTF8.self)),
            object.object != nil
        else { throw unrecognized("couldn't get version/kind; json parse error", request) }
        return try kind.isCustom ? checkedCustom(object, request) : checkedBuiltIn(object)
    }

    private func checkedCustom(_ object: JSON, _ request: ClusterRequest) throws(Refusal) -> JSON {
        guard let name = object["kind"]?.string, !name.isEmpty else {
            throw unrecognized(
                "Object 'Kind' is missing in '\(String(decoding: request.body, as: UTF8.self))'", request)
        }
        let version = object["apiVersion"]?.string ?? ""
        guard version == apiVersion else {
            throw .badRequest(
                "the API version in the data (\(version)) does not match "
                    + "the expected API version (\(apiVersion))")
        }
        try checkKind(of: object)
        return object
    }

    func checkKind(of object: JSON) throws(Refusal) {
        guard let name = object["kind"]?.string, name != kind.kind, kind.isCustom else { return }
        let fault = Fault(
            reason: .invalid, path: "kind", message: "Invalid value: \"\(name)\": must be \(kind.kind)")
        throw .invalid(name, group: kind.group, object["metadata"]?["name"]?.string ?? "", [fault])
    }

    /// A built-in kind need not be said twice.
    private func checkedBuiltIn(_ object: JSON) throws(Refusal) -> JSON {
        let name = object["kind"]?.string ?? kind.kind
        let version = object["apiVersion"]?.string ?? apiVersion
        guard name == kind.kind, version == apiVersion else {
            throw .badRequest(
                "\(name) in version \"\(version.split(separator: "/").last ?? "")\" cannot be handled as a "
                    + "\(kind.kind): no kind \"\(name)\" is registered for version \"\(version)\" in scheme "
                    + "\"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\"")
        }
        return shown(object)
    }

    private func unrecognized(_ why: String, _ request: ClusterRequest) -> Refusal {
        let start = String(decoding: request.body.prefix(40), as: UTF8.self)
        return .badRequest(
            "the object provided is unrecognized (must be of type \(kind.kind)): \(why) (\(start))")
    }

    /// That body and path speak of the same object.
    func checkPlace(of object: JSON) throws(Refusal) {
        let metadata = object["metadata"]
        if let name, let said = metadata?["name"]?.string, said != name {
            throw .badRequest("the name of the object (\(said)) does not match the name on the URL (\(name))")
        }
        if let said = metadata?["namespace"]?.string, !said.isEmpty, kind.isNamespaced, said != namespace {
            throw .badRequest(
                "the namespace of the provided object does not match the namespace sent on the request")
        }
    }
}
