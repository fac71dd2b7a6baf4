import Foundation
import Transport

/// One question to an API server, before it is known where that is and who asks.
struct APIRequest: Hashable, Sendable {
    /// As RBAC rules name it.
    enum Verb: String, Hashable, Sendable, CaseIterable {
        case get, list, watch, create, update, patch, delete
    }

    let verb: Verb
    let kind: ResourceKind
    private(set) var namespace: String?
    /// None for a collection.
    let name: String?
    let subresource: String?
    let query: [Parameter]
    let contentType: String?
    let body: JSON?
    /// Discovery and other places that are no objects.
    private var plainPath: String?

    struct Parameter: Hashable, Sendable {
        let name: String
        let value: String
    }

    init(
        _ verb: Verb, _ kind: ResourceKind, in namespace: String?, _ name: String? = nil,
        subresource: String? = nil, query: [Parameter] = [], contentType: String? = nil, body: JSON? = nil
    ) {
        self.verb = verb
        self.kind = kind
        self.namespace = kind.isNamespaced ? namespace : nil
        self.name = name
        self.subresource = subresource
        self.query = query
        self.contentType = contentType
        self.body = body
    }

    /// A place that is no object: `/apis/apps/v1`.
    static func asking(_ path: String) -> APIRequest {
        var request = APIRequest(.get, ResourceKind("", "", "", plural: "", isNamespaced: false), in: nil)
        request.plainPath = path
        return request
    }

    /// The same of an object that was named without its namespace.
    func at(home namespace: String) -> APIRequest {
        guard kind.isNamespaced, self.namespace == nil, name != nil || verb == .create else { return self }
        var request = self
        request.namespace = namespace
        return request
    }

    var asksForObjects: Bool { plainPath == nil }

    var method: HTTPMethod {
        switch verb {
        case .get, .list, .watch: .get
        case .create: .post
        case .update: .put
        case .patch: .patch
        case .delete: .delete
        }
    }

    /// `/apis/apps/v1/namespaces/shop/replicasets/web/scale?dryRun=All`
    var target: String {
        if let plainPath { return plainPath }
        let parts = [namespace.map { "namespaces/\($0.inPath)" }, kind.plural, name?.inPath, subresource]
        let path = ([kind.root] + parts.compactMap(\.self)).joined(separator: "/")
        let query = query.map { "\($0.name)=\($0.value.inQuery)" }.joined(separator: "&")
        return query.isEmpty ? path : "\(path)?\(query)"
    }

    /// Why it must not be sent. A path is put in order on its way: `pods/..` would become the namespace itself, and an
    /// empty name all of a kind. The API server takes none of these names either.
    var flaw: String? {
        for (what, text) in [("namespace", namespace), ("name", name)] {
            guard let text else { continue }
            if ["", ".", ".."].contains(text) || text.contains("/") || text.contains("%") {
                return "\"\(text.prefix(64))\" can't be a \(what)"
            }
        }
        return nil
    }

    /// What it is about, for messages: `VirtualService shop/web`, `pods of shop`.
    var subject: String {
        if let plainPath { return plainPath }
        if let name { return ObjectReference(kind, name, in: namespace).description }
        return kind.plural + (namespace.map { " of \($0)" } ?? "")
    }

    /// `replicasets/scale`, as RBAC rules name it.
    var resource: String { ([kind.plural] + [subresource].compactMap(\.self)).joined(separator: "/") }
}

extension ResourceKind {
    var root: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }
}

extension String {
    /// What is not plain is spelled out, so that no name can become another path.
    fileprivate var inPath: String { escaped(beside: "") }
    fileprivate var inQuery: String { escaped(beside: ",:") }

    private func escaped(beside allowed: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~\(allowed)".utf8)
        return utf8.map { byte in
            plain.contains(byte)
                ? String(UnicodeScalar(byte))
                : "%" + String(byte >> 4, radix: 16, uppercase: true)
                    + String(byte & 15, radix: 16, uppercase: true)
        }.joined()
    }
}
