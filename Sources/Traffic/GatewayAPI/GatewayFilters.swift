import Rollouts
import Transport

// The filters that are put into rules of the user's, and taken out again.

extension JSON {
    /// Copies of a share of the requests for the Service that an item leads to.
    static func mirror(of share: Weight, to item: JSON) -> JSON {
        var backend: JSON = [:]
        for key in ["group", "kind", "name", "namespace", "port"] { backend[key] = item[key] }
        var mirror: JSON = ["backendRef": backend]
        if share < .all {
            let millionths = Int(share.millionths)
            if millionths.isMultiple(of: 10_000) {
                mirror["percent"] = JSON(millionths / 10_000)
            } else {
                mirror["fraction"] = ["numerator": JSON(millionths), "denominator": 1_000_000]
            }
        }
        return ["type": "RequestMirror", "requestMirror": mirror]
    }

    /// The backend that a filter sends copies to; none for filters of another kind.
    var copyTarget: JSON? { self["requestMirror"]["backendRef"] }

    func adding(_ filters: [JSON]) -> JSON {
        guard !filters.isEmpty else { return self }
        var rule = self
        rule["filters"] = .array((rule["filters"]?.array ?? []) + filters)
        return rule
    }

    func asking(_ blocks: [JSON]) -> JSON {
        var rule = self
        rule["matches"] = blocks == [[:]] ? nil : .array(blocks)
        return rule
    }

    /// Without those filters; what held them goes too, if it held nothing else.
    func removingFilters(where isMeant: (JSON) -> Bool) -> JSON {
        guard let filters = self["filters"]?.array, filters.contains(where: isMeant) else { return self }
        var holder = self
        let rest = filters.filter { !isMeant($0) }
        holder["filters"] = rest.isEmpty ? nil : .array(rest)
        return holder
    }
}

// MARK: - Cookies

extension JSON {
    /// An item that gives out a cookie; none where it sets one already. A rule takes one filter for headers of answers,
    /// so that it goes into the user's.
    func givingOut(_ cookie: String) -> JSON? {
        var item = self
        var filters = item["filters"]?.array ?? []
        let header: JSON = ["name": "set-cookie", "value": .string(cookie)]
        guard let index = filters.firstIndex(where: { $0["responseHeaderModifier"] != nil }) else {
            let filter: JSON = [
                "type": "ResponseHeaderModifier", "responseHeaderModifier": ["add": [header]],
            ]
            item["filters"] = .array(filters + [filter])
            return item
        }
        let modifier = filters[index]["responseHeaderModifier"]
        let added = modifier["add"]?.array ?? []
        guard !(added + (modifier["set"]?.array ?? [])).contains(where: \.isOfCookies) else { return nil }
        filters[index]["responseHeaderModifier"]["add"] = .array(added + [header])
        item["filters"] = .array(filters)
        return item
    }

    /// Without a cookie of ours.
    var withoutGivenCookie: JSON {
        var item = self
        item.edit("filters") { filter in
            let added = filter["responseHeaderModifier"]["add"]?.array ?? []
            let rest = added.filter { !($0.isOfCookies && isOurCookie($0["value"]?.string ?? "")) }
            guard rest.count < added.count else { return }
            filter["responseHeaderModifier"]["add"] = rest.isEmpty ? nil : .array(rest)
        }
        return item.removingFilters { $0["responseHeaderModifier"] == [:] }
    }

    private var isOfCookies: Bool { self["name"]?.string?.lowercased() == "set-cookie" }
}
