import Engine
import Rollouts

/// What Envoy is given: a DiscoveryResponse with one RouteConfiguration that bears Headgate's marks.
///
/// All clusters stay listed at weight 0 too, so that nothing is re-pointed when the places swap roles. The marks
/// stand inside of the RouteConfiguration, and have to: Envoy compares that part with what it has and keeps
/// showing the old version when only `version_info` is new. With `validate_clusters` an unknown cluster is
/// rejected; without, Envoy takes it and answers 503.
///
/// Nothing is written that is a default of Envoy's: it shows what it was given without those, and what it shows
/// is compared with what it was given.
struct RouteDocument: Hashable, Sendable {
    let target: EnvoyTarget
    let route: Route
    let marks: RouteMarks
    /// The latest number that it may take the place of; not part of what Envoy is given.
    let previous: Sequence
    let version: String
    let bytes: [UInt8]

    init(_ target: EnvoyTarget, _ route: Route, _ marks: RouteMarks, previous: Sequence) {
        self.target = target
        self.route = route
        self.marks = marks
        self.previous = previous
        let configuration = configuration(target, route, marks)
        version = "\(marks.since).\(fingerprint(of: JSONTree.bytes(of: configuration)))"
        bytes = JSONTree.bytes(of: ["version_info": version, "resources": [configuration]])
    }

    init(_ write: RouteWrite, _ target: EnvoyTarget) {
        self.init(target, write.route, RouteMarks(write), previous: write.previous)
    }
}

private func configuration(_ target: EnvoyTarget, _ route: Route, _ marks: RouteMarks) -> [String: Any] {
    let routes = RouteTable(target, route).routes
    return [
        "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
        "name": target.route,
        "validate_clusters": true,
        "metadata": marks.metadata(RouteTerms(route)),
        "virtual_hosts": [["name": target.route, "domains": target.domains, "routes": routes]],
    ]
}

/// FNV-1a in 64 bits: tells two contents of one sequence apart, and guards nothing.
func fingerprint(of bytes: [UInt8]) -> String {
    let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
