import Analysis
import Engine
import Rollouts
import Testing
import Transport

@testable import Workloads

@Suite struct WorkloadSettingsTests {
    private func settings(_ text: String) throws -> WorkloadSettings {
        let target = WorkloadTarget(
            controller: "kubernetes", release: "v1", replicas: 1, settings: ["kubernetes": text])
        return try WorkloadSettings(RolloutName("web"), target)
    }

    @Test func whatIsLeftOutIsAsKubernetesHasIt() throws {
        let settings = try settings(#"{"namespace":"shop","template":{}}"#)
        #expect(settings.name == "web")
        #expect(settings.hashLabel == "rollouts-pod-template-hash")
        #expect(settings.minReadySeconds == 0)
        #expect(settings.revisionHistoryLimit == 10)
        #expect(settings.maxUnavailable == .percent(25))
        #expect(settings.services.isEmpty && settings.owner == nil && settings.antiAffinity == nil)
    }

    @Test func everythingCanBeSaid() throws {
        let settings = try settings(
            #"""
            {"name":"api","namespace":"shop","selector":{"app":"web"},"minReadySeconds":5,
             "owner":{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","name":"web","uid":"u"},
             "workloadRef":{"name":"web","scaleDown":"progressively"},"revisionHistoryLimit":2,
             "services":{"active":"a","preview":"p","ping":"x","pong":"y","places":{"c":"z"}},
             "canaryMetadata":{"labels":{"role":"canary"}},"stableMetadata":{"annotations":{"n":"1"}},
             "antiAffinity":{"preferred":50},"restartAt":"2026-01-01T00:00:00Z","maxSurge":"30%",
             "maxUnavailable":"2"}
            """#)
        #expect(settings.source == .deployment(name: "web", scaleDown: .progressively))
        #expect(
            settings.services == [
                ServiceName(name: "a", role: .stable), ServiceName(name: "p", role: .canary),
                ServiceName(name: "x", role: .place(.a)), ServiceName(name: "y", role: .place(.b)),
                ServiceName(name: "z", role: .place(.c)),
            ])
        #expect(settings.canaryMetadata == RoleMetadata(labels: ["role": "canary"]))
        #expect(settings.stableMetadata == RoleMetadata(annotations: ["n": "1"]))
        #expect(settings.antiAffinity == .preferred(weight: 50))
        #expect(settings.maxSurge == .percent(30) && settings.maxUnavailable == .instances(2))
        #expect(settings.restartAt == Moment(rfc3339: "2026-01-01T00:00:00.000Z"))
        #expect(settings.owner?.uid == "u")
    }

    @Test(arguments: [
        ("[]", "web: kubernetes: must be an object"),
        (#"{"template":{}}"#, "web: kubernetes.namespace: is missing"),
        (#"{"namespace":"n"}"#, "web: kubernetes.template: is missing, and so is workloadRef"),
        (#"{"namespace":"n","template":{},"replicas":3}"#, "web: kubernetes.replicas: is unknown"),
        (
            #"{"namespace":"n","template":{},"workloadRef":{"name":"w"}}"#,
            "web: kubernetes.template: is one too many beside workloadRef"
        ),
        (
            #"{"namespace":"n","workloadRef":{"name":"w","scaleDown":"soon"}}"#,
            "web: kubernetes.workloadRef.scaleDown: \"soon\" is unknown; known: never, onsuccess, progressively"
        ),
        (
            #"{"namespace":"n","template":{},"services":{"stable":"s","canary":"s"}}"#,
            "web: kubernetes.services: each Service can stand for one thing only"
        ),
        (
            #"{"namespace":"n","template":{},"maxSurge":"many"}"#,
            "web: kubernetes.maxSurge: \"many\" must be a whole number, or a percentage up to 100%"
        ),
        (
            #"{"namespace":"n","template":{},"restartAt":"soon"}"#,
            "web: kubernetes.restartAt: \"soon\" is no moment; write it like 2026-11-22T18:48:00Z"
        ),
        (
            #"{"namespace":"n","template":{},"antiAffinity":{}}"#,
            "web: kubernetes.antiAffinity.preferred: write either `required`, or `preferred` with 1 to 100"
        ),
    ])
    func whatCannotBeRunIsToldWithItsPlace(text: String, message: String) {
        let failure = #expect(throws: WorkloadFailure.self) { try settings(text) }
        #expect(failure == WorkloadFailure(.rejected, message))
    }
}
