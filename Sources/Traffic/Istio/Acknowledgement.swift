import Foundation
import Rollouts

/// Waits until every proxy of some namespaces has what was written.
///
/// A push that istiod sent before the write is no answer to it. The API server notes when we wrote, to the
/// second; an answer of that very second may still be to an older push, and counts only when it is the last
/// one after istiod has had time to gather and to send. The two clocks are taken to agree to within that
/// time.
struct Acknowledgement: Sendable {
    let istiods: [Istiod]
    let namespaces: [String]
    /// When the objects were written last; none where that is not known.
    let writtenAt: Date?
    /// TCP and TLS routes are part of listeners.
    let isOfListeners: Bool
    let settle: Duration
    let pace: Pace

    enum Outcome: Hashable, Sendable {
        case acked(Int)
        /// It can't be found out, and why.
        case unknown(String)
    }

    /// Throws `rejected` in a proxy's words; when cancelled, what was last known.
    func outcome() async throws(RouteFailure) -> Outcome {
        var waited = Duration.zero
        var pauses = pace.pauses.makeIterator()
        var pause = pace.pauses.first ?? .seconds(1)
        while true {
            let sight = await look()
            if let outcome = try outcome(of: sight, waited) { return outcome }
            pause = pauses.next() ?? pause
            do { try await pace.sleep(pause) } catch { throw lateness(sight, waited) }
            waited += pause
        }
    }

    /// What all istiods say at one look.
    struct Sight: Hashable {
        var proxies: [ProxyState] = []
        var failures: [IstiodFailure] = []
    }

    /// None where it is worth while to look again.
    func outcome(of sight: Sight, _ waited: Duration) throws(RouteFailure) -> Outcome? {
        if let failure = sight.failures.first(where: \.isForGood) { return .unknown(failure.message) }
        guard sight.failures.isEmpty else { return nil }
        let stages = stages(in: sight)
        for (name, stage) in stages {
            guard let error = stage.error, isAnswer(stage, settle) else { continue }
            throw RouteFailure(.rejected, "proxy \(name) rejected the route: \(error)")
        }
        if stages.isEmpty {
            guard waited >= settle else { return nil }
            return .unknown("no proxy of \(namespaces.joined(separator: ", ")) takes such routes")
        }
        return stages.allSatisfy { $1.isAcked && isAnswer($1, waited) } ? .acked(stages.count) : nil
    }

    func lateness(_ sight: Sight, _ waited: Duration) -> RouteFailure {
        if let failure = sight.failures.first { return RouteFailure(.unavailable, failure.message) }
        let stages = stages(in: sight)
        let late = stages.filter { !($1.isAcked && isAnswer($1, waited)) }.map(\.name)
        let names =
            late.prefix(3).joined(separator: ", ") + (late.count > 3 ? " and \(late.count - 3) more" : "")
        return RouteFailure(
            .unverified,
            "acked by \(stages.count - late.count) of \(stages.count) proxies; not yet by \(names)")
    }
}

extension Acknowledgement {
    private func look() async -> Sight {
        await withTaskGroup(of: Result<[ProxyState], IstiodFailure>.self) { group in
            for istiod in istiods {
                for namespace in namespaces {
                    group.addTask {
                        do throws(IstiodFailure) {
                            return .success(try await istiod.proxies(in: namespace))
                        } catch {
                            return .failure(error)
                        }
                    }
                }
            }
            return await group.reduce(into: Sight()) { sight, result in
                switch result {
                case .success(let proxies): sight.proxies += proxies
                case .failure(let failure): sight.failures.append(failure)
                }
            }
        }
    }

    private func stages(in sight: Sight) -> [(name: String, stage: ProxyState.Stage)] {
        let proxies = sight.proxies.sorted { $0.name < $1.name }
        return proxies.compactMap { proxy in
            (isOfListeners ? proxy.listeners : proxy.routes).map { (proxy.name, $0) }
        }
    }

    private func isAnswer(_ stage: ProxyState.Stage, _ waited: Duration) -> Bool {
        guard let writtenAt, let sentAt = stage.sentAt else { return waited >= settle }
        return sentAt >= writtenAt.addingTimeInterval(1) || (sentAt >= writtenAt && waited >= settle)
    }
}
