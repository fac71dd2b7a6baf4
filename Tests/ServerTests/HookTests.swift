import Engine
import Foundation
import Intake
import Journal
import Rollouts
import Server
import Signing
import Testing

/// How CI announces a release, over the wire.
@Suite struct HookTests {
    private static let body = #"{"release":"v2"}"#

    private func deliver(
        _ guest: Guest, id: String = "build-1", age: Int = 0, body: String = body,
        rollout: String = "checkout",
        changing headers: [String: String?] = [:]
    ) async throws -> Answer {
        let timestamp = String(Int(Date().timeIntervalSince1970) - age)
        let message = WebhookMessage(
            timestamp: timestamp, delivery: id, rollout: rollout, body: Array(body.utf8))
        let secret = try #require(WebhookSecret(guest.secret))
        var sent: [String: String?] = [
            WebhookVerifier.timestampHeader: timestamp, WebhookVerifier.deliveryHeader: id,
            WebhookVerifier.signatureHeader: message.signature(by: secret),
        ]
        sent.merge(headers) { $1 }
        return try await guest.ask(
            "POST", "/v1/hooks/ci/\(rollout)", body: body, headers: sent.compactMapValues(\.self))
    }

    private func declare(_ guest: Guest) async throws {
        try await guest.launch(.checkout([.setWeight(weight(20)), .pause(nil)]))
        _ = try await guest.loop.submit(.promoteFully(arm: nil), to: RolloutName("checkout"), by: "test")
        try await guest.until { $0.stable?.name == "v2" }
    }

    @Test func anAnnouncedReleaseStarts() async throws {
        try await House().serve { guest in
            try await declare(guest)
            let answer = try await deliver(guest, body: #"{"release":"v3"}"#)
            #expect(answer.status == 200, "\(answer.body)")
            #expect(
                answer.body
                    == #"{"accepted":true,"delivery":"build-1","release":"v3","rollout":"checkout"}"#)
            #expect(await guest.loop.rollout(RolloutName("checkout"))?.flight?.release.name == "v3")
            let entries = try await guest.journal.entries(of: RolloutName("checkout"), limit: 100)
            #expect(entries.contains { $0.who == "webhook:ci" })
        }
    }

    @Test func aRepeatIsHarmlessAndGetsTheSameAnswerAlsoAfterARestart() async throws {
        let house = House()
        let first = try await house.serve { guest in
            try await declare(guest)
            let first = try await deliver(guest, body: #"{"release":"v3"}"#)
            #expect(try await deliver(guest, age: 1, body: #"{"release":"v3"}"#).body == first.body)
            _ = try await guest.loop.submit(.abort(why: nil), to: RolloutName("checkout"), by: "test")
            return first
        }
        try await house.serve { guest in
            let again = try await deliver(guest, body: #"{"release":"v3"}"#)
            #expect(again.status == 200 && again.body == first.body)
            #expect(await guest.loop.rollout(RolloutName("checkout"))?.isAborted == true)
            let other = try await deliver(guest, body: #"{"release":"v4"}"#)
            #expect(other.status == 409 && other.kind == "replayed")
            let refused = try await deliver(guest, id: "build-2", body: #"{"release":"v3"}"#)
            #expect(refused.status == 409 && refused.kind == "refused")
        }
    }

    @Test func repeatsAtTheSameTimeStartOneRelease() async throws {
        try await House().serve { guest in
            try await declare(guest)
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for _ in 0..<8 { group.addTask { try await deliver(guest, body: #"{"release":"v3"}"#) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.map(\.body)).count == 1 && answers.allSatisfy { $0.status == 200 })
            let entries = try await guest.journal.entries(of: RolloutName("checkout"), limit: 100)
            #expect(
                entries.filter { $0.who == "webhook:ci" }.count { HistoryEntry($0).kind == "started" } == 1)
        }
    }

    @Test(
        arguments: [
            [WebhookVerifier.signatureHeader: nil], [WebhookVerifier.timestampHeader: nil],
            [WebhookVerifier.deliveryHeader: nil],
        ] as [[String: String?]])
    func anUnsignedDeliveryIsRefused(headers: [String: String?]) async throws {
        try await House().serve { guest in
            let answer = try await deliver(guest, changing: headers)
            #expect(answer.status == 401 && answer.kind == "unsigned")
        }
    }

    @Test func whatWasChangedAfterItWasSignedIsRefused() async throws {
        try await House().serve { guest in
            for header in [WebhookVerifier.deliveryHeader, WebhookVerifier.signatureHeader] {
                let answer = try await deliver(guest, changing: [header: "sha256=00"])
                #expect(answer.status == 401 && answer.kind == "wrongSignature")
            }
        }
    }

    @Test func aStaleDeliveryIsRefused() async throws {
        try await House().serve { guest in
            for age in [400, -400] {
                let answer = try await deliver(guest, age: age)
                #expect(answer.status == 401 && answer.kind == "stale")
            }
        }
    }

    @Test func anOversizedDeliveryIsRefused() async throws {
        try await House().serve { guest in
            let answer = try await deliver(guest, body: String(repeating: " ", count: 65 * 1024))
            #expect(answer.status == 413 && answer.kind == "tooLarge")
        }
    }

    @Test(arguments: ["", "{", "{}", #"{"release":"v2","x":1}"#, #"{"release":["v2"]}"#])
    func aMalformedDeliveryIsRefused(body: String) async throws {
        try await House().serve { guest in
            let answer = try await deliver(guest, body: body)
            #expect(answer.status == 400 && answer.kind == "malformed")
        }
    }

    @Test func anUnknownRolloutAndAnImpossibleReleaseAreTold() async throws {
        try await House().serve { guest in
            try await declare(guest)
            #expect(try await deliver(guest, rollout: "chekout").kind == "unknownRollout")
            let answer = try await deliver(guest, body: #"{"release":"v 3"}"#)
            #expect(answer.status == 409 && answer.message.contains("has a character that is none of"))
        }
    }
}
