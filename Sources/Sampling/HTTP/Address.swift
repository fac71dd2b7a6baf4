/// An address without the user and password that it may carry, and without a query.
package func place(of address: String) -> String {
    guard let scheme = address.firstRange(of: "://") else { return "an address without http:// or https://" }
    let rest = address[scheme.upperBound...].prefix { $0 != "?" && $0 != "#" }
    let authority = rest.prefix { $0 != "/" }
    let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    return String(address[..<scheme.upperBound] + host + rest[authority.endIndex...])
}

/// `http://prometheus:9090/` and `http://prometheus:9090` are one store.
func withoutSlashes(_ address: String) -> String {
    var address = address[...]
    while address.hasSuffix("/") { address = address.dropLast() }
    return String(address)
}

/// Whether a URL leads to an address or below it, and not to a host or a folder whose name only begins alike.
func leads(_ url: String, below address: String) -> Bool {
    let address = withoutSlashes(address)
    guard url.hasPrefix(address), !address.isEmpty else { return false }
    let rest = url.dropFirst(address.count)
    guard let next = rest.first else { return true }
    return "/?#".contains(next) && !rest.prefix { $0 != "?" && $0 != "#" }.contains("/..")
}
