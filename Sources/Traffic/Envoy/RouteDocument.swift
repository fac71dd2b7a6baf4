import Engine
import Rollouts

/// What Envoy is given: a DiscoveryResponse with one RouteConfiguration that bears Headgate's marks.
///
/// Both clusters stay listed at weight 0 too, so that nothing is re-pointed when the places swap roles. The marks
/// stand inside of the RouteConfiguration, and have to: Envoy compares that part with what it has and keeps
/// showing the old version when only `version_info` is new. With `validate_clusters` an unknown cluster is
/// rejected; without, Envoy takes it and answers 503.
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

/// Whose route it is, and which event wanted it.
struct RouteMarks: Hashable, Sendable {
    let rollout: String
    let since: Sequence
    let journal: String

    static let namespace = "dev.headgate"
}

extension RouteMarks {
    init(_ write: RouteWrite) {
        self.init(rollout: write.rollout.text, since: write.since, journal: write.journal)
    }

    /// The number as a string: Envoy's metadata holds numbers as doubles.
    fileprivate var metadata: [String: Any] {
        let marks = ["rollout": rollout, "since": String(since), "journal": journal]
        return ["filter_metadata": [RouteMarks.namespace: marks]]
    }
}

private func configuration(_ target: EnvoyTarget, _ route: Route, _ marks: RouteMarks) -> [String: Any] {
    let clusters: [[String: Any]] = Place.allCases.map { place in
        ["name": target.backends.name(of: place), "weight": Int(route.weight(of: place).millionths)]
    }
    let split: [String: Any] = ["weighted_clusters": ["clusters": clusters]]
    let rule: [String: Any] = ["match": ["prefix": target.prefix], "route": split]
    return [
        "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
        "name": target.route,
        "validate_clusters": true,
        "metadata": marks.metadata,
        "virtual_hosts": [["name": target.route, "domains": target.domains, "routes": [rule]]],
    ]
}

/// FNV-1a in 64 bits: tells two contents of one sequence apart, and guards nothing.
private func fingerprint(of bytes: [UInt8]) -> String {
    let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
