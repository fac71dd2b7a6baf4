import Rollouts
import Transport

// Istio draws anew for every request: it can't compare a user's number with the shares, as Envoy alone can.
// So whoever was sent somewhere gets a cookie that names the release, and stays there while the release has a
// share. What that can't do: when a share grows, only those without a cookie make it grow, so that among
// users who come back it lags behind until their cookies run out; and a share that shrinks keeps its users as
// long. A share of nothing keeps nobody.

extension NamedRoute {
    /// Names the release and not the backend: backends get new releases, and their users must not come along.
    func cookieValue(of backend: Int) -> String {
        let release = releases[backend] ?? "backend \(backend)"
        return cookieMark + fingerprint(of: Array(release.utf8))
    }
}

private let cookieMark = "headgate-"

extension Stickiness {
    func setCookie(_ value: String) -> String {
        let age = maxAge.map { "; Max-Age=\($0.components.seconds)" } ?? ""
        return "\(cookie)=\(value); Path=/\(age); HttpOnly; SameSite=Lax"
    }
}

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
            cookie.contains("=\(cookieMark)")
        else { return self }
        var item = self
        item["headers"]["response"]["add"]["set-cookie"] = nil
        if item["headers"]["response"]["add"] == [:] { item["headers"]["response"]["add"] = nil }
        if item["headers"]["response"] == [:] { item["headers"]["response"] = nil }
        if item["headers"] == [:] { item["headers"] = nil }
        return item
    }
}
