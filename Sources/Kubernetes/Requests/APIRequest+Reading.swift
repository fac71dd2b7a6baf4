import Transport

extension APIRequest {
    static func reading(_ object: ObjectReference) -> APIRequest {
        APIRequest(.get, object.kind, in: object.namespace, object.name)
    }

    /// One page; without a limit: all at once.
    static func listing(_ query: ObjectQuery, limit: Int?, continue token: String? = nil) -> APIRequest {
        var parameters = query.parameters
        if let limit { parameters.append(Parameter(name: "limit", value: "\(limit)")) }
        if let token { parameters.append(Parameter(name: "continue", value: token)) }
        return APIRequest(.list, query.kind, in: query.namespace, query: parameters)
    }

    /// The server ends it after so many seconds; a watch without an end is one that nobody notices to be dead.
    static func watching(_ query: ObjectQuery, from version: String, seconds: Int) -> APIRequest {
        let parameters =
            query.parameters + [
                Parameter(name: "watch", value: "1"),
                Parameter(name: "resourceVersion", value: version),
                Parameter(name: "allowWatchBookmarks", value: "true"),
                Parameter(name: "timeoutSeconds", value: "\(seconds)"),
            ]
        return APIRequest(.watch, query.kind, in: query.namespace, query: parameters)
    }
}

extension ObjectQuery {
    fileprivate var parameters: [APIRequest.Parameter] {
        [
            labels.map { .init(name: "labelSelector", value: $0) },
            fields.map { .init(name: "fieldSelector", value: $0) },
        ]
        .compactMap(\.self)
    }
}
