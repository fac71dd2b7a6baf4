extension Shape where Output == String {
    /// An address of a metrics store. Argo takes an empty one for none.
    static var storeAddress: Shape {
        Shape { field in
            guard !field.isOpen, let text = field.read(.string), !text.isEmpty else { return nil }
            guard let flaw = addressFlaw(text) else { return text }
            field.refuse(flaw)
            return nil
        }
    }
}

/// Does not show the address before it is known to hold no password.
func addressFlaw(_ text: String) -> String? {
    if text.contains("{{") { return "an address can't take anything from a release" }
    guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else {
        return "is no address; it begins with http:// or https://"
    }
    let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
    if authority.isEmpty { return "names no host" }
    return authority.contains("@")
        ? "a password has no place here; it belongs in the server's configuration" : nil
}

extension Shape where Output == Duration {
    /// How long an answer may take: more than nothing.
    static var timeout: Shape {
        Shape { field in
            field.isOpen
                ? nil : field.read(.durationOrSeconds.refusing { $0 == .zero ? "must be more than 0s" : nil })
        }
    }
}
