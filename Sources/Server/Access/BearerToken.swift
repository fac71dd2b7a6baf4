import Crypto
import Foundation

/// A token of the HTTP interface: `hg_` and 32 random bytes in base64url. Only its hash is ever stored.
struct BearerToken: Sendable {
    private static let prefix = "hg_"
    private static let bytesCount = 32

    let text: String

    private init(text: String) {
        self.text = text
    }

    static func random() -> BearerToken {
        let key = SymmetricKey(size: .init(bitCount: bytesCount * 8))
        let base64 = key.withUnsafeBytes { Data($0) }.base64EncodedString()
        let url = base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        return BearerToken(text: prefix + url)
    }

    /// The token in an `Authorization` header; nil when it bears none.
    init?(authorization header: String) {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        let text = parts[1].trimmingPrefix { $0 == " " }
        guard text.hasPrefix(Self.prefix), text.utf8.count <= 128 else { return nil }
        self.text = String(text)
    }

    var hash: [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }
}

extension [UInt8] {
    /// Takes the same time whether the first byte differs or the last.
    func isEqualInConstantTime(to other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        return zip(self, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
