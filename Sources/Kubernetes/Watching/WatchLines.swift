import Transport

/// Cuts the pieces of a watch into its lines, wherever the network has cut them.
struct WatchLines {
    private var rest: [UInt8] = []
    /// No object is larger: etcd takes 1.5 MB, and a line that never ends must not fill the memory.
    static let bytesMax = 8 << 20

    /// The lines that are whole now.
    mutating func take(_ piece: [UInt8]) throws(KubernetesError) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var left = piece[...]
        while let end = left.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest + left[..<end]
            if !line.isEmpty { lines.append(line) }
            rest = []
            left = left[(end + 1)...]
        }
        rest += left
        guard rest.count <= Self.bytesMax else {
            throw KubernetesError(
                .unavailable(retryAfter: nil), "a watch sent a line of more than \(Self.bytesMax) bytes")
        }
        return lines
    }
}

/// One line of a watch.
enum WatchNews: Hashable, Sendable {
    case event(ObjectEvent, version: String?)
    /// Nothing changed, and this is how far the server has come.
    case bookmark(version: String?)

    init(_ line: [UInt8], of query: ObjectQuery) throws(KubernetesError) {
        let subject = "watch \(query.kind.plural)"
        let json: JSON
        do throws(JSON.SyntaxError) {
            json = try JSON(parsing: line)
        } catch {
            throw KubernetesError(.unavailable(retryAfter: nil), "\(subject): a line is \(error)")
        }
        let object = json["object"] ?? .null
        let version = object["metadata"]["resourceVersion"]?.string
        switch json["type"]?.string {
        case "ADDED": self = .event(.added(object), version: version)
        case "MODIFIED": self = .event(.modified(object), version: version)
        case "DELETED": self = .event(.deleted(object), version: version)
        case "BOOKMARK": self = .bookmark(version: version)
        case "ERROR":
            let objection = Objection(status: object["code"]?.integer ?? 500, object)
            throw APIRequest.watching(query, from: "", seconds: 0).error(objection)
        case let type:
            throw KubernetesError(
                .unavailable(retryAfter: nil), "\(subject): unknown event \(type ?? "without a type")")
        }
    }
}
