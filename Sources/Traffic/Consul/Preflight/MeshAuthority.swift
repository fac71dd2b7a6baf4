import Foundation
import Rollouts
import Transport

/// The certificate authority of a mesh, as Consul tells of it: who signs the certificates of the sidecars.
struct MeshAuthority: Hashable {
    /// `6f3a….consul`
    let domain: String
    /// When the certificate ends by which all others are proved; none where Consul does not say.
    let end: Date?

    /// None where there is no active one.
    init?(_ roots: JSON) {
        guard let domain = roots["TrustDomain"]?.string, let active = roots["ActiveRootID"]?.string,
            !active.isEmpty
        else { return nil }
        self.domain = domain
        let root = roots["Roots"]?.array?.first { $0["ID"]?.string == active }
        end = root?["NotAfter"]?.string.flatMap(moment)
    }

    func proof(of service: String) -> Finding {
        let until = end.map { ", which end at \(Self.text($0)) at the latest" } ?? ""
        return Finding(
            .note, Finding.mtls, "service \(service)",
            "its sidecars take mutual TLS only, with certificates of \(domain)\(until)",
            why: "what reaches an instance past its sidecar is not in this: bind it to the loopback address",
            mend: "nothing to do")
    }

    /// Consul replaces the sidecars' certificates by itself, and this one by nobody.
    func expiry(at now: Date) -> [Finding] {
        guard let end, end < now.addingTimeInterval(Self.notice) else { return [] }
        let isOver = end <= now
        return [
            Finding(
                isOver ? .error : .warning, "certificates", "the certificate authority of \(domain)",
                "its root certificate \(isOver ? "has ended" : "ends") at \(Self.text(end))",
                why: "from then on no sidecar trusts another one, and every request fails",
                mend: "rotate it: `consul connect ca set-config` with a new root")
        ]
    }

    /// Thirty days: a rotation wants to be planned.
    private static let notice: TimeInterval = 30 * 86_400

    private static func text(_ date: Date) -> String { date.formatted(.iso8601) }
}
