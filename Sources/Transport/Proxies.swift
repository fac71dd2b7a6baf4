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

    /// One proxy for everything, as somebody wrote it down for one server.
    init(always url: String) {
        (http, https, exempt) = (url, url, "")
    }

    /// The proxy for a destination; nil goes straight. Whether it is exempt is libcurl's to say.
    func proxy(for destination: Destination) throws(TransportError) -> String? {
        guard !destination.isLoopback else { return nil }
        return try readable(destination.scheme == "https" ? https : http, of: destination)
    }

    /// The same for a proxy that was named for this very server: a loopback address is no exception then.
    func named(for destination: Destination) throws(TransportError) -> String? {
        try readable(http, of: destination)
    }

    private func readable(_ proxy: String?, of destination: Destination) throws(TransportError) -> String? {
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
