import CCurl

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Which proxy to go through, as curl and most programs read it from the environment.
///
/// Read once, when the client is made: `getenv` beside a `setenv` of another thread is undefined.
package struct Proxies: Sendable, Hashable {
    /// For `http` URLs; nil goes straight.
    package var http: String?
    /// For `https` URLs; nil goes straight.
    package var https: String?
    /// Hosts, domains and networks to ask straight, separated by commas; `*` is all.
    package var exempt: String

    /// Reads `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`; lower case goes before upper case,
    /// and an empty value is none.
    package init(environment: [String: String]) {
        func value(_ name: String) -> String? {
            let text = environment[name] ?? environment[name.uppercased()]
            return text == "" ? nil : text
        }
        http = value("http_proxy") ?? value("all_proxy")
        https = value("https_proxy") ?? value("all_proxy")
        exempt = value("no_proxy") ?? ""
    }

    /// What this process was started with.
    package static var ofThisProcess: Proxies {
        let names = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]
        let pairs = (names + names.map { $0.uppercased() }).compactMap { name in
            getenv(name).map { (name, String(cString: $0)) }
        }
        return Proxies(environment: Dictionary(uniqueKeysWithValues: pairs))
    }

    /// The proxy for a destination; nil goes straight. Whether it is exempt is libcurl's to say.
    func proxy(for destination: Destination) throws(TransportError) -> String? {
        guard !destination.isLoopback else { return nil }
        let proxy = destination.scheme == "https" ? https : http
        if let proxy, !isReadable(proxy) {
            // The address may carry a password: it is not repeated here.
            throw TransportError(
                .invalidRequest, at: "\(destination.scheme)_proxy",
                "the proxy's address can't be read; write http://host:port")
        }
        return proxy
    }
}

/// Checked here because libcurl's own message would repeat the address with its password.
private func isReadable(_ proxy: String) -> Bool {
    do {
        let reader = URLReader()
        try reader.set(CURLUPART_URL, proxy, flags: CURLU_GUESS_SCHEME)
        let scheme = try reader.part(CURLUPART_SCHEME)
        return ["http", "https", "socks4", "socks4a", "socks5", "socks5h"].contains(scheme)
    } catch {
        return false
    }
}
