import Foundation
package import Transport

/// What somebody asks of the cluster, off the wire.
package struct ClusterRequest: Sendable {
    package var method: String
    /// Decoded, without the leading slash.
    package var path: [String]
    package var query: [String: String]
    package var token: String?
    package var userAgent: String
    package var contentType: String
    package var body: [UInt8]

    package init(
        _ method: HTTPMethod, _ uri: String, body: [UInt8] = [], contentType: String = "application/json",
        token: String? = nil, userAgent: String = ""
    ) {
        self.init(
            method: method.rawValue, uri: uri, body: body, contentType: contentType, token: token,
            userAgent: userAgent)
    }

    init(
        method: String, uri: String, body: [UInt8], contentType: String, token: String?, userAgent: String
    ) {
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.method = method
        path = parts[0].split(separator: "/").map { String($0).removingPercentEncoding ?? String($0) }
        query = parts.count > 1 ? Self.readQuery(parts[1]) : [:]
        self.token = token
        self.userAgent = userAgent
        self.contentType = contentType
        self.body = body
    }

    /// Where a name occurs more than once, the first counts.
    private static func readQuery(_ text: Substring) -> [String: String] {
        let pairs = text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1).map {
                $0.replacing("+", with: " ").removingPercentEncoding ?? String($0)
            }
            return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
        }
        return Dictionary(pairs) { first, _ in first }
    }

    func flag(_ name: String) -> Bool { ["1", "true"].contains(query[name]) }

    /// Under which name the fields of a write are filed: what the caller says, or the program's name.
    var manager: String {
        if let manager = query["fieldManager"], !manager.isEmpty { return manager }
        let program = userAgent.split(separator: "/", omittingEmptySubsequences: false).first ?? ""
        return String(program.prefix(128))
    }
}
