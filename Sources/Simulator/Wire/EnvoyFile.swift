import Foundation
import Rollouts

/// A route file as the world's Envoys read it: not with the eyes of the code that wrote it.
struct EnvoyFile {
    private let version: Any
    private let configuration: [String: Any]

    /// None where it is no file that an Envoy takes.
    init?(_ bytes: [UInt8]) {
        guard let file = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
            let configuration = (file["resources"] as? [[String: Any]])?.first,
            let version = file["version_info"]
        else { return nil }
        (self.version, self.configuration) = (version, configuration)
    }

    /// What `/config_dump` says of it.
    var dump: [UInt8] {
        let entry: [String: Any] = ["version_info": version, "route_config": configuration]
        return bytes(of: ["configs": [entry]])
    }

    /// What it makes of the traffic between these clusters; none where it leads elsewhere.
    func borne(between backends: Backends) -> Borne? {
        guard let split = routes.last.flatMap({ $0["route"] as? [String: Any] }),
            let shares = shares(in: split, backends), let since = mark("since").flatMap({ Sequence($0) }),
            let journal = mark("journal"), let route = Route(shares: shares, rules: rules(backends))
        else { return nil }
        return Borne(route: route, since: since, journal: journal)
    }

    /// The same file with the first share and the second exchanged: somebody's edit.
    func exchangingShares() -> [UInt8] {
        var (edited, hosts) = (configuration, configuration["virtual_hosts"] as? [[String: Any]] ?? [])
        hosts[0]["routes"] = routes.map(exchanged)
        edited["virtual_hosts"] = hosts
        return bytes(of: ["version_info": version, "resources": [edited]])
    }

    private func exchanged(_ entry: [String: Any]) -> [String: Any] {
        guard var action = entry["route"] as? [String: Any],
            var split = action["weighted_clusters"] as? [String: Any],
            var clusters = split["clusters"] as? [[String: Any]], clusters.count > 1
        else { return entry }
        let first = clusters[0]["weight"]
        clusters[0]["weight"] = clusters[1]["weight"]
        clusters[1]["weight"] = first
        split["clusters"] = clusters
        action["weighted_clusters"] = split
        return entry.merging(["route": action]) { $1 }
    }

    private var routes: [[String: Any]] {
        (configuration["virtual_hosts"] as? [[String: Any]])?.first?["routes"] as? [[String: Any]] ?? []
    }

    private func mark(_ name: String) -> String? {
        let metadata = configuration["metadata"] as? [String: [String: [String: String]]]
        return metadata?["filter_metadata"]?["dev.headgate"]?[name]
    }

    private func shares(in split: [String: Any], _ backends: Backends) -> [Place: Weight]? {
        let clusters = (split["weighted_clusters"] as? [String: Any])?["clusters"] as? [[String: Any]] ?? []
        var sums: [Place: Int] = [:]
        for cluster in clusters {
            guard let place = backends.place(of: cluster["name"]) else { return nil }
            sums[place, default: 0] += cluster["weight"] as? Int ?? 0
        }
        return sums.compactMapValues { UInt32(exactly: $0).flatMap(Weight.init(checking:)) }
    }

    private func rules(_ backends: Backends) -> [RouteRule] {
        routes.flatMap { entry -> [RouteRule] in
            let name = entry["name"] as? String ?? "everything"
            guard let action = entry["route"] as? [String: Any] else { return [] }
            if let place = backends.place(of: action["cluster"]) {
                return [RouteRule(name: name, matches: [], deed: .send, place: place)]
            }
            let mirrors = action["request_mirror_policies"] as? [[String: Any]] ?? []
            return mirrors.compactMap { mirror(name, $0, backends) }
        }
    }

    private func mirror(_ name: String, _ mirror: [String: Any], _ backends: Backends) -> RouteRule? {
        let fraction = (mirror["runtime_fraction"] as? [String: [String: Any]])?["default_value"]
        guard let place = backends.place(of: mirror["cluster"]),
            let numerator = fraction?["numerator"] as? Int,
            let share = Weight(checking: UInt32(numerator))
        else { return nil }
        return RouteRule(name: name, matches: [], deed: .mirror(share), place: place)
    }
}

private func bytes(of object: [String: Any]) -> [UInt8] {
    guard
        let data = try? JSONSerialization.data(
            withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
    else { preconditionFailure("what was read from JSON can be written as JSON") }
    return Array(data)
}

extension Backends {
    fileprivate func place(of name: Any?) -> Place? {
        zip(names, places).first { $0.0 == name as? String }?.1
    }
}
