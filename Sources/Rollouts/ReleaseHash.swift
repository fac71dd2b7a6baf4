package import Analysis

/// A release's name, worked out from what its author wrote: the same text is the same release, on every machine and
/// for ever.
///
/// What is hashed is the document as written, before any default is filled in: else a newer API server would make a
/// new release of an old text. The order of keys says nothing, `1` is `1.0`, and a field that is null is no field.
package struct ReleaseHash: Hashable, Sendable {
    /// Ten letters and digits that make no word: `4cvx6kzmdd`.
    package let text: String
    /// All of the hash, to tell two documents apart that share a text.
    package let digest: String

    /// A number of collisions above zero gives another text to the same document.
    package init(of document: Value, collisions: Int = 0) {
        var canon = Canon()
        canon.write(document)
        let hash = fnv1a(canon.bytes)
        digest = String(hash, radix: 16)
        text = safeText(collisions == 0 ? hash : fnv1a(canon.bytes + Array("#\(collisions)".utf8)))
    }
}

/// FNV-1a with 128 bits.
private func fnv1a(_ bytes: [UInt8]) -> UInt128 {
    let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013B
    return bytes.reduce(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d) { ($0 ^ UInt128($1)) &* prime }
}

/// The alphabet that Kubernetes makes names of: no vowels, and no digits that look like one.
private let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
private let length = 10

private func safeText(_ hash: UInt128) -> String {
    var rest = UInt64(truncatingIfNeeded: hash ^ (hash >> 64))
    let letters = (0..<length).map { _ in
        defer { rest /= UInt64(alphabet.count) }
        return alphabet[Int(rest % UInt64(alphabet.count))]
    }
    return String(letters)
}

/// A document in the one way of writing it that is hashed. Changing a byte here renames every release.
private struct Canon {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: Value) {
        switch value {
        case .none: put("null")
        case .bool(let flag): put(flag ? "true" : "false")
        case .int(let number): put(String(number))
        case .float(let number): put(Int64(exactly: number).map { String($0) } ?? number.description)
        case .string(let text): write(text)
        case .array(let items): write(items)
        case .map(let members): write(members)
        case .groups(let groups): write(zip(groups.keys, groups.values).map { .array([$0, $1]) })
        case .time(let nanoseconds): put("time \(nanoseconds)")
        case .duration(let nanoseconds): put("duration \(nanoseconds)")
        }
    }

    private mutating func put(_ text: String) {
        bytes += text.utf8
    }

    private mutating func write(_ text: String) {
        put("\"")
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { put("\\") }
            bytes.append(byte)
        }
        put("\"")
    }

    private mutating func write(_ items: [Value]) {
        put("[")
        for item in items {
            write(item)
            put(",")
        }
        put("]")
    }

    private mutating func write(_ members: [String: Value]) {
        put("{")
        let present = members.filter { $0.value != .none }
        for (key, value) in present.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            write(key)
            put(":")
            write(value)
            put(",")
        }
        put("}")
    }
}
