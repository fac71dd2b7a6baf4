import Rollouts
import Testing
import Transport

@testable import Traffic

/// What consul-k8s says, and of which version.
@Suite struct SyncStatusTests {
    private func verdict(
        _ status: JSON?, noted: JSON? = .null, spokenAt: String? = nil, isPatient: Bool = false
    ) -> SyncStatus.Verdict {
        let noted = noted.map { SyncStatus(entry(with: $0, nil)).fingerprint }
        return SyncStatus(entry(with: status, spokenAt)).verdict(noted: noted, isPatient: isPatient)
    }

    /// Written at ten o'clock.
    private func entry(with status: JSON?, _ spokenAt: String?) -> ConsulEntry {
        var object = splitterObject(["web-a": 100])
        object["status"] = status
        var writers: [JSON] = [["manager": "headgate-patch", "time": "2026-11-25T10:00:00Z"]]
        if let spokenAt {
            writers.append(["manager": "consul-k8s", "subresource": "status", "time": .string(spokenAt)])
        }
        object["metadata"]?["managedFields"] = .array(writers)
        let name = EntryName(kind: .splitter, service: "web", scope: ConsulScope(), namespace: "shop")
        return ConsulEntry(name, of: object)
    }

    private let early = synced(at: "2026-11-25T09:00:00Z")
    private let late = synced(at: "2026-11-25T10:00:05Z")

    @Test func whatIsSaidAfterTheWriteIsAboutIt() {
        guard case .synced(let text) = verdict(late, noted: early, spokenAt: "2026-11-25T10:00:05Z") else {
            Issue.record("it is not believed")
            return
        }
        #expect(text == "ServiceSplitter shop/web synced at 2026-11-25T10:00:05Z")
    }

    @Test func whatWasSaidLongBeforeIsNoWordOnItHoweverLongOneWaits() {
        let said = verdict(early, noted: early, spokenAt: "2026-11-25T09:00:00Z", isPatient: true)
        #expect(
            said == .silent("consul-k8s has not spoken of ServiceSplitter shop/web since it was written"))
        #expect(verdict(nil) == .awaited("consul-k8s has not spoken of ServiceSplitter shop/web yet"))
    }

    @Test func whatWasSaidInTheSameSecondCountsAfterAWhileAndSaysSo() {
        let time = "2026-11-25T10:00:00Z"
        guard case .silent = verdict(synced(at: time), noted: synced(at: time), spokenAt: time) else {
            Issue.record("it is believed at once")
            return
        }
        let said = verdict(synced(at: time), noted: synced(at: time), spokenAt: time, isPatient: true)
        #expect(
            said == .undated("ServiceSplitter shop/web synced at \(time), which may be the version before"))
    }

    @Test(arguments: [
        ("Unexpected response code: 500 (service \"web\" does not have a subset named \"v9\")", true),
        ("Unexpected response code: 500 (the sum of all split weights must be 100, not 99.000000)", true),
        ("Unexpected response code: 500 (No cluster leader)", false),
        ("Put \"https://consul:8501/v1/config\": dial tcp: connect: cannot assign requested address", false),
        ("Unexpected response code: 403 (Permission denied)", false),
    ])
    func aRefusalByConsulIsFinalAndTroubleIsWaitedOut(message: String, isFinal: Bool) {
        let said = verdict(unsynced(message, at: "2026-11-25T10:00:05Z"), noted: early)
        let text = "ServiceSplitter shop/web: Synced is False (ConsulAgentError): \(message)"
        #expect(said == (isFinal ? .refused(.rejected, text) : .awaited(text)))
    }

    @Test func anEntryOfSomebodyElseIsForeign() {
        let status = unsynced(
            "config entry already exists", reason: "ExternallyManagedConfigError", at: "2026-11-25T10:00:05Z")
        guard case .refused(.foreign, let text) = verdict(status, noted: early) else {
            Issue.record("it is not refused")
            return
        }
        #expect(text.contains("migrate-entry"))
    }
}
