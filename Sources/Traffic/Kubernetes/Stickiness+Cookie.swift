import Rollouts
import Transport

// A mesh that draws anew for every request can't compare a user's number with the shares, as Envoy alone can. So
// whoever was sent somewhere gets a cookie that names the release, and stays there while the release has a share. What
// that can't do: when a share grows, only those without a cookie make it grow, so that among users who come back it
// lags behind until their cookies run out; and a share that shrinks keeps its users as long. A share of nothing keeps
// nobody.

extension NamedRoute {
    /// Names the release and not the backend: backends get new releases, and their users must not come along.
    func cookieValue(of backend: Int) -> String {
        let release = releases[backend] ?? "backend \(backend)"
        return cookieText(naming: release)
    }
}

func cookieText(naming release: String) -> String { cookieMark + fingerprint(of: Array(release.utf8)) }

/// Whether a `Set-Cookie` is one of ours.
func isOurCookie(_ header: String) -> Bool { header.contains("=\(cookieMark)") }

private let cookieMark = "headgate-"

extension Stickiness {
    func setCookie(_ value: String) -> String {
        let age = maxAge.map { "; Max-Age=\($0.components.seconds)" } ?? ""
        return "\(cookie)=\(value); Path=/\(age); HttpOnly; SameSite=Lax"
    }
}
