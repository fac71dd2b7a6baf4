import Transport

extension JSON {
    /// A destination that gives out a cookie.
    func issuing(_ cookie: String) -> JSON {
        var item = self
        item["headers"]["response"]["add"]["set-cookie"] = .string(cookie)
        return item
    }

    /// Without a cookie of ours; what held it goes too, if it held nothing else.
    var withoutOurCookie: JSON {
        guard let cookie = self["headers"]["response"]["add"]["set-cookie"]?.string,
            isOurCookie(cookie)
        else { return self }
        var item = self
        item["headers"]["response"]["add"]["set-cookie"] = nil
        if item["headers"]["response"]["add"] == [:] { item["headers"]["response"]["add"] = nil }
        if item["headers"]["response"] == [:] { item["headers"]["response"] = nil }
        if item["headers"] == [:] { item["headers"] = nil }
        return item
    }
}
