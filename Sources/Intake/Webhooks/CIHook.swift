package import Analysis
import Crypto
package import Engine
import Foundation
package import Journal
import Rollouts
package import Signing

/// Takes in what CI announces: each delivery once, however often and however late it is sent again.
///
/// The delivery is recorded in the same transaction as what it caused, so that neither is ever there without the
/// other, and a repeat gets the same answer after any restart. What was refused is not recorded: it may be sent
/// again when the reason is gone.
package actor CIHook {
    private let loop: ControlLoop
    private let journal: EventJournal
    private let verifier: WebhookVerifier
    private let now: @Sendable () -> Moment
    private var lastPruned: Moment?

    /// - Parameter now: the time of the wall, which CI signs by; not the engine's, which runs steadily beside it.
    package init(
        loop: ControlLoop, journal: EventJournal, secrets: [WebhookSecret],
        now: @escaping @Sendable () -> Moment = { .wall }
    ) {
        self.loop = loop
        self.journal = journal
        verifier = WebhookVerifier(secrets: secrets)
        self.now = now
    }

    /// The answer, as JSON text: the same text for every repeat.
    package func take(_ request: WebhookRequest) async throws(Failure) -> String {
        let announcement = try verified(request)
        await pruneDaily()
        let delivery = Delivery(
            hook: "ci/" + announcement.rollout, id: announcement.delivery,
            bodyHash: Array(SHA256.hash(data: announcement.body)), moment: now(), answer: announcement.answer)
        if let earlier = try await earlier(delivery) { return try answer(to: delivery, takenBefore: earlier) }
        return try await start(announcement, delivery)
    }

    package enum Failure: Error, Sendable {
        case refused(WebhookRefusal)
        case rejected(Rejection)
    }
}

extension CIHook {
    private func verified(_ request: WebhookRequest) throws(Failure) -> Announcement {
        do throws(WebhookRefusal) {
            return try verifier.announcement(in: request, at: now())
        } catch {
            throw .refused(error)
        }
    }

    /// Looked up before anything is decided: what was taken in once must not be refused when it comes again.
    private func earlier(_ delivery: Delivery) async throws(Failure) -> Delivery? {
        do throws(JournalError) {
            return try await journal.delivery(hook: delivery.hook, id: delivery.id)
        } catch {
            throw .rejected(.journal(error))
        }
    }

    private func answer(to delivery: Delivery, takenBefore earlier: Delivery) throws(Failure) -> String {
        guard earlier.bodyHash == delivery.bodyHash else {
            throw .refused(.replayed(delivery: delivery.id))
        }
        return earlier.answer
    }

    private func start(_ announcement: Announcement, _ delivery: Delivery) async throws(Failure) -> String {
        do throws(Rejection) {
            _ = try await loop.submit(
                .start(release: announcement.release), to: RolloutName(announcement.rollout),
                by: "webhook:ci",
                delivery: delivery)
            return delivery.answer
        } catch {
            guard case .repeated(let earlier) = error else { throw .rejected(error) }
            return try answer(to: delivery, takenBefore: earlier)
        }
    }

    /// A delivery that old is sent again by nobody; without its record it would be refused as stale or taken anew.
    private static let remembered = Duration.seconds(30 * 86_400)

    private func pruneDaily() async {
        let now = now()
        if let lastPruned, now - lastPruned < .seconds(86_400) { return }
        lastPruned = now
        do {
            try await journal.pruneDeliveries(before: now + (.zero - Self.remembered))
        } catch {
            // Nothing is lost by keeping them; the next day tries again, and trouble of the journal shows elsewhere.
        }
    }
}

extension Announcement {
    /// Says what was taken in, and nothing that could have changed by the time of a repeat.
    fileprivate var answer: String {
        WebhookReceipt(delivery: delivery, release: release, rollout: rollout).json
    }
}

extension Moment {
    /// What the clock on the wall says.
    package static var wall: Moment {
        Moment(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }
}
