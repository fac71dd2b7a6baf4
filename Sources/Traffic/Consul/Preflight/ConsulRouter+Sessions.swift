import Rollouts
import Transport

// Cookies: those that keep users with a release, and those that keep them with an instance.

extension ConsulRouter {
    /// Whether this Consul can give out the rollout's cookie is asked of it, before a write would find it out.
    func sessionFindings(_ sight: ConsulSight, isSticky: Bool) async -> [Finding] {
        let hashes = (sight.resolver.document?["LoadBalancer"]["HashPolicies"]?.array ?? []).map(
            \.settingWords)
        let notes = Set(hashes).sorted().map { words in
            Finding(
                .note, "sessions", "\(sight.resolver.name)",
                "keeps callers on an instance (\(words)), and in no release",
                why: "which subset a request goes to is drawn for each anew, before the hash counts",
                mend: isSticky
                    ? "nothing to do: `stickiness` keeps users in a release"
                    : "set `stickiness`, which keeps users in a release")
        }
        return notes + (isSticky ? [await cookieFinding].compactMap(\.self) : [])
    }

    private var cookieFinding: Finding? {
        get async {
            let version: String?
            do throws(ConsulError) { version = try await api.version() } catch {
                return .unread("Consul's version", error.message)
            }
            guard let version, ConsulVersion(version).map({ $0 < .givesOutCookies }) == true else {
                return nil
            }
            return Finding(
                .error, "sessions", "Consul \(version)",
                "can't give out the cookie of `stickiness`: headers of a split came with "
                    + "\(ConsulVersion.givesOutCookies.text)",
                why: "the write would be declined, and the release would get no traffic",
                mend: "take `stickiness` out, or upgrade Consul")
        }
    }
}

/// `1.8.7`, `1.17.0+ent`, as far as it matters what came when.
struct ConsulVersion: Hashable, Comparable {
    let major: Int
    let minor: Int

    static let givesOutCookies = ConsulVersion(major: 1, minor: 11)

    init(major: Int, minor: Int) {
        (self.major, self.minor) = (major, minor)
    }

    /// None where it is no version.
    init?(_ text: String) {
        let numbers = text.split(separator: ".").prefix(2).compactMap { Int($0) }
        guard numbers.count == 2 else { return nil }
        self.init(major: numbers[0], minor: numbers[1])
    }

    var text: String { "\(major).\(minor)" }

    static func < (left: ConsulVersion, right: ConsulVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
