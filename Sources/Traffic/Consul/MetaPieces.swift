import Rollouts

/// Marks in the `Meta` of a config entry. Consul takes values of at most 512 bytes there, so that a mark stands in
/// pieces: `headgate.dev/web`, `headgate.dev/web/2`, `headgate.dev/web/3` …
enum MetaPieces {
    /// The marks by their keys, whole; anything else is left out.
    static func joined(_ meta: [String: String]) -> [String: String] {
        let heads = meta.filter { $0.key.hasPrefix(prefix) && $0.key.count { $0 == "/" } == 1 }
        return Dictionary(
            uniqueKeysWithValues: heads.map { key, head in
                let rest = (2...piecesMax).lazy.map { meta["\(key)/\($0)"] }.prefix { $0 != nil }
                return (key, head + rest.compactMap(\.self).joined())
            })
    }

    /// The entry's `Meta` with this mark in the place of the one that was there.
    static func replacing(
        _ key: String, with text: String, in meta: [String: String]
    ) throws(RouteFailure) -> [String: String] {
        var meta = meta.filter { $0.key != key && !isPiece($0.key, of: key) }
        for (index, piece) in pieces(text).enumerated() {
            meta[index == 0 ? key : "\(key)/\(index + 1)"] = piece
        }
        guard meta.count <= piecesMax else {
            throw declined(
                "the route is too long for the \(piecesMax) notes that Consul keeps with an entry; "
                    + "use fewer rules, or shorter patterns")
        }
        return meta
    }

    private static func isPiece(_ candidate: String, of key: String) -> Bool {
        guard candidate.hasPrefix(key + "/") else { return false }
        return Int(candidate.dropFirst(key.count + 1)) != nil
    }

    /// Between characters of Unicode, so that each is a text.
    private static func pieces(_ text: String) -> [String] {
        text.unicodeScalars.reduce(into: [""]) { pieces, scalar in
            let isFull = pieces[pieces.count - 1].utf8.count + UTF8.width(scalar) > pieceMax
            if isFull { pieces.append("") }
            pieces[pieces.count - 1].unicodeScalars.append(scalar)
        }
    }
}

private let prefix = "headgate.dev/"
private let pieceMax = 512
private let piecesMax = 64
