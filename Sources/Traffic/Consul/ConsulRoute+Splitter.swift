import Rollouts
import Transport

extension ConsulRoute {
    /// The service-splitter with these shares: what is not ours in it stays as it was.
    func splitter(on entry: ConsulEntry) throws(RouteFailure) -> JSON {
        var content = entry.document == nil ? entry.name.bare : entry.content
        let shares = try SubsetShares(route, backends, refuge: refuge)
        var missing = shares.units.filter { $0.value > 0 }
        var splits: [JSON] = []
        for split in content["Splits"]?.array ?? [] {
            guard let name = subset(of: split), let units = shares.units[name] else {
                try check(stranger: split, entry.name)
                splits.append(split)
                continue
            }
            missing[name] = nil
            splits.append(weighted(split, name, units))
        }
        for (name, units) in missing.sorted(by: { $0.key < $1.key }) {
            splits.append(weighted(["ServiceSubset": .string(name)], name, units))
        }
        content["Splits"] = .array(splits)
        return content
    }

    /// Whether it names a subset of this very service.
    private func subset(of split: JSON) -> String? {
        let service = split["Service"]?.string ?? ""
        return service.isEmpty || service == target.service ? split["ServiceSubset"]?.string : nil
    }

    private func weighted(_ split: JSON, _ name: String, _ units: Int) -> JSON {
        var split = split.withoutCookieOfOurs
        split["Weight"] = Hundredths.weight(units)
        guard units > 0, let stickiness = route.stickiness else { return split }
        split["ResponseHeaders"]["Add"]["set-cookie"] = .string(stickiness.setCookie(cookieValue(of: name)))
        return split
    }

    private func check(stranger split: JSON, _ entry: EntryName) throws(RouteFailure) {
        let units = Hundredths.units(of: split["Weight"])
        guard units > 0 else { return }
        let names = [split["Service"]?.string, split["ServiceSubset"]?.string].compactMap(\.self)
        let name = names.isEmpty ? "all instances" : names.joined(separator: "/")
        throw declined(
            "\(entry) gives \(Hundredths.text(units)) to \(name), which is none of the subsets "
                + "\(backends.names.joined(separator: ", ")); take that split out")
    }
}

extension ConsulRoute {
    /// Names the release where it is known: places get new releases, and their users must not come along.
    func cookieValue(of name: String) -> String {
        let place = backends.places.first { backends.name(of: $0) == name }
        let release = place.flatMap { occupants[$0] } ?? "subset \(name)"
        return cookieText(naming: release)
    }
}

extension JSON {
    /// Without a cookie of ours; what held it goes too, if it held nothing else.
    fileprivate var withoutCookieOfOurs: JSON {
        guard let cookie = self["ResponseHeaders"]["Add"]["set-cookie"]?.string,
            isOurCookie(cookie)
        else { return self }
        var split = self
        split["ResponseHeaders"]["Add"]["set-cookie"] = nil
        if split["ResponseHeaders"]["Add"] == [:] { split["ResponseHeaders"]["Add"] = nil }
        if split["ResponseHeaders"] == [:] { split["ResponseHeaders"] = nil }
        return split
    }
}

extension EntryName {
    /// An entry that says nothing yet.
    var bare: JSON { ["Kind": .string(kind.rawValue), "Name": .string(service)] }
}
