import Rollouts

// Meshes without a matcher for cookies get a pattern for the header that holds them all. A pattern of the
// user's that takes a `;` may run on into the next cookie: RE2 can't forbid that, so it is said in the
// documentation.

/// RE2, over the whole header, for one cookie.
func cookiePattern(_ cookie: FieldMatch) -> String {
    "(?:.*;[ \\t]*)?\(core(cookie))[ \\t]*(?:;.*)?"
}

/// For several at once: they may come in any order, and RE2 can't look ahead, so that every order is written
/// out. None where nothing is asked.
func cookiePattern(_ cookies: [FieldMatch], of rule: String) throws(RouteFailure) -> String? {
    guard cookies.count > 1 else { return cookies.first.map { cookiePattern($0) } }
    guard cookies.count <= 3 else {
        throw RouteFailure(
            .rejected,
            "rule \(rule) asks for \(cookies.count) cookies at once; a mesh with one pattern for all cookies "
                + "takes up to 3")
    }
    let between = "[ \\t]*;(?:.*;)?[ \\t]*"
    let orders = permutations(cookies.map(core)).map { $0.joined(separator: between) }
    return "(?:.*;[ \\t]*)?(?:\(orders.joined(separator: "|")))[ \\t]*(?:;.*)?"
}

private func core(_ cookie: FieldMatch) -> String {
    let value =
        switch cookie.value {
        case .exact(let text): quoted(text)
        case .prefix(let text): "\(quoted(text))[^;]*"
        case .regex(let pattern): "(?:\(pattern))"
        }
    return "\(quoted(cookie.name))=\"?\(value)\"?"
}

private func permutations<Item>(_ items: [Item]) -> [[Item]] {
    guard items.count > 1 else { return [items] }
    return items.indices.flatMap { index in
        var rest = items
        let item = rest.remove(at: index)
        return permutations(rest).map { [item] + $0 }
    }
}
