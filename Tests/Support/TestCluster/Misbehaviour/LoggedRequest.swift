import Transport

/// One request that reached the cluster.
package struct LoggedRequest: Sendable {
    /// None: of a path that is no object's.
    package let verb: Verb?
    package let plural: String
    package let name: String?
    package let subresource: String?
    package let path: String
    package let query: [String: String]
    package let contentType: String
    package let userAgent: String
    package let manager: String
    package let body: [UInt8]
}

extension ClusterState {
    mutating func note(_ request: ClusterRequest) {
        let target = try? Target.find(request.path, in: catalog)
        log.append(
            LoggedRequest(
                verb: (try? target?.verb(of: request)) ?? nil, plural: target?.kind.plural ?? "",
                name: target?.name, subresource: target?.subresource?.rawValue,
                path: "/" + request.path.joined(separator: "/"), query: request.query,
                contentType: request.contentType, userAgent: request.userAgent, manager: request.manager,
                body: request.body))
    }
}
