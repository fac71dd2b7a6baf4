import Rollouts
import Transport

/// The subsets of a DestinationRule that a target's names stand for, and the release behind each.
struct SubsetLabels: Hashable, Sendable {
    private let object: JSON
    private let name: String
    private let label: String
    /// The index of each name's subset.
    private let places: [Int]
    /// By backend; none where the subset has no such label: it then has the pods of all releases.
    let releases: [String?]

    init(_ object: JSON, _ rule: IstioRule, _ backends: [String], _ name: String) throws(RouteFailure) {
        let subsets = object["spec"]["subsets"]?.array ?? []
        var places: [Int] = []
        for backend in backends {
            guard let place = subsets.firstIndex(where: { $0["name"]?.string == backend }) else {
                let known = subsets.compactMap { $0["name"]?.string }.joined(separator: ", ")
                throw refused("\(name) has no subset \(backend); it has: \(known.isEmpty ? "none" : known)")
            }
            places.append(place)
        }
        (self.object, self.places, self.name, label) = (object, places, name, rule.label)
        releases = places.map { subsets[$0]["labels"][rule.label]?.string }
    }

    /// The whole object with subsets pointed at other releases.
    func pointed(_ releases: [Int: String], _ mark: ObjectMark) throws(RouteFailure) -> JSON {
        var result = object
        var subsets = object["spec"]["subsets"]?.array ?? []
        for (backend, release) in releases {
            guard isNamePart(release) else {
                throw refused(
                    "\(name): the release \"\(release)\" can't be the value of the label \(label); name "
                        + "releases with at most 63 letters, digits, -, _ and dots")
            }
            subsets[places[backend]]["labels"][label] = .string(release)
        }
        result["spec"]["subsets"] = .array(subsets)
        result["metadata"]["annotations"][ObjectMark.key(of: mark.rollout)] = .string(mark.text)
        return result
    }

    /// Throws where the subsets are those of another host than the one that is split.
    func check(host: String?) throws(RouteFailure) {
        guard let host, let own = object["spec"]["host"]?.string, firstLabel(host) != firstLabel(own) else {
            return
        }
        throw refused("\(name) is for the host \(own), and the split leads to \(host)")
    }
}

private func firstLabel(_ host: String) -> Substring? { host.split(separator: ".").first }
