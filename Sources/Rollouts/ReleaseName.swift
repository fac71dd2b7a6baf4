/// What a release may be called: something that survives a URL, a file and a terminal.
package enum ReleaseName {
    package static let lengthMax = 128

    /// Why the name won't do; none when it will.
    package static func flaw(of name: String) -> String? {
        if name.isEmpty { return "is empty" }
        if name.utf8.count > lengthMax { return "is longer than \(lengthMax) characters" }
        guard let first = name.unicodeScalars.first, isAlphanumeric(first) else {
            return "must begin with a letter or digit"
        }
        if name.unicodeScalars.allSatisfy({ isAlphanumeric($0) || "._+:@-/".unicodeScalars.contains($0) }) {
            return nil
        }
        return "has a character that is none of: letters, digits, . _ + : @ - /"
    }

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
    }
}
