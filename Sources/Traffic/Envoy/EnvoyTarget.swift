package import Rollouts

/// A rollout's traffic target as Envoy understands it: read, and fit to be written.
///
/// The backends are the names of Envoy's clusters. `settings` may hold
/// - `route`: the name of the RouteConfiguration that a listener asks for, and of the file; the rollout's name
///   where it is left out,
/// - `domains`: which hosts it is for, separated by commas; `*` where it is left out,
/// - `prefix`: which paths it is for; `/` where it is left out.
package struct EnvoyTarget: Hashable, Sendable {
    package let route: String
    package let domains: [String]
    package let prefix: String
    package let backends: Backends

    /// Throws `rejected` with what to change.
    package init(_ rollout: RolloutName, _ target: TrafficTarget) throws(RouteFailure) {
        let settings = target.settings
        if let unknown = settings.keys.sorted().first(where: { !known.contains($0) }) {
            throw wrong("unknown setting \"\(unknown)\"; known: \(known.joined(separator: ", "))")
        }
        route = try checkedRoute(settings["route"] ?? rollout.text)
        domains = try checkedDomains(settings["domains"] ?? "*")
        prefix = settings["prefix"] ?? "/"
        backends = target.backends
        guard prefix.hasPrefix("/") else { throw wrong("prefix \"\(prefix)\" must start with /") }
        let names = backends.names
        guard !names.contains(""), Set(names).count == names.count else {
            let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
            throw wrong("backends \(list) must be \(names.count) different clusters")
        }
    }
}

private let known = ["domains", "prefix", "route"]

func wrong(_ what: String) -> RouteFailure {
    RouteFailure(.rejected, "envoy: \(what)")
}

/// The name becomes a file's name: what could lead out of the folder, or hide the file, is no name.
private func checkedRoute(_ name: String) throws(RouteFailure) -> String {
    let isPlain = name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
    guard isPlain, !name.isEmpty, !name.hasPrefix("."), name.utf8.count <= 200 else {
        throw wrong(
            "\"\(name)\" can't be a file's name; set `route` to at most 200 letters, digits, . _ and -")
    }
    return name
}

private func checkedDomains(_ text: String) throws(RouteFailure) -> [String] {
    let domains = text.split(separator: ",", omittingEmptySubsequences: false).map { domain in
        String(domain.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    guard domains.allSatisfy({ !$0.isEmpty }) else {
        throw wrong("domains \"\(text)\" has an empty one; write them as `a.example, b.example`")
    }
    return domains
}
