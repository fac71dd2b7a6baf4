import Rollouts
import Transport

extension GatewayObject {
    /// Sessions of the API's own, and whether the rollout's cookie can be carried out.
    func sessionFindings(isSticky: Bool, _ carriers: [Implementation]) -> [Finding] {
        let subject = "\(reference)"
        let sessions = splits.compactMap { base[$0]["sessionPersistence"] }.map(\.settingWords)
        let own = Set(sessions).sorted().map { words in
            Finding(
                isSticky ? .error : .warning, "sessions", subject,
                "a rule that is split has sessionPersistence (\(words))",
                why: isSticky
                    ? "sessions go before the cookie of `stickiness`: of the two only one can count"
                    : "who has a session may be kept with a release that was taken back: sessions outlive weights",
                mend: isSticky
                    ? "take one of the two out"
                    : "take it out, and set `stickiness`, whose cookie ends with the release's share")
        }
        return own + (isSticky ? lacking(carriers).map { unsticky(subject, $0) } : [])
    }

    private func unsticky(_ subject: String, _ what: String) -> Finding {
        Finding(
            .error, "sessions", subject, what,
            why: "without it nobody would stay with a release, and the write is refused",
            mend: "take `stickiness` out")
    }

    private func lacking(_ carriers: [Implementation]) -> [String] {
        guard route.kind.readsRequests else {
            return ["requests of a \(route.kind.name) can't be looked into, and have no cookie"]
        }
        return carriers.compactMap { carrier in
            let lacking = route.stickinessFeatures.filter {
                carrier.answer(to: $0) == .passedOver
                    || ($0 == .sessions && carrier.answer(to: $0) == .unsure)
            }
            guard !lacking.isEmpty else { return nil }
            return
                "\(carrier.name) does not honour, as far as is known, \(lacking.map(\.words).sorted().joined(separator: ", nor "))"
        }
    }
}
