import Rollouts

/// Looks whether requests are counted where the shares send them, for the last level of proof.
struct CountedShares {
    /// None where nothing counts, or nothing tells the backends apart.
    let counter: (any ShareCounter)?
    let wanted: NamedRoute
    let names: [String]
    let pace: Pace
    /// Without traffic there is nothing to see, and nothing to wait for.
    let looksMax: Int

    func prove(_ proof: inout Proof) async {
        guard let counter else {
            return proof.note(
                "not observed: no Prometheus, or nothing that tells the backends apart (`counts`)")
        }
        guard wanted.rules.isEmpty, wanted.stickiness == nil else {
            return proof.note("not observed: rules and cookies move the shares")
        }
        do throws(CountFailure) {
            switch try await verdict(counter) {
            case .agrees(let text): proof.reach(.observed, text)
            case .tooFew(let text): proof.note("not observed: \(text)")
            case .differs(let text):
                throw CountFailure(message: "the callers' proxies counted \(text)")
            }
        } catch {
            // Counts are late, and a share says nothing against an ack: it is said, and the route stands.
            proof.note("not observed: \(error.message)")
        }
    }

    private func verdict(_ counter: any ShareCounter) async throws(CountFailure) -> RequestCounts.Verdict {
        let start = try await counter.read()
        var verdict = RequestCounts.Verdict.tooFew("no requests")
        for look in 1...max(looksMax, 1) {
            let pause = pace.pauses.dropFirst(look).first ?? pace.pauses.last ?? .seconds(1)
            do { try await pace.sleep(pause) } catch { return verdict }
            verdict = try await counter.read().since(start).verdict(on: wanted.shares, names)
            if case .agrees = verdict { return verdict }
        }
        return verdict
    }
}
