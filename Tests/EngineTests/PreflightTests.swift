import Analysis
import Rollouts
import Testing

@testable import Engine

/// What is looked at before a start, and what becomes of it.
struct PreflightTests {
    private let finding = Finding(
        .warning, Finding.mtls, "namespace shop", "takes plain text too", why: "anybody may ask",
        mend: "set STRICT")

    private func inspection(
        router: String = "looking", requiresMTLS: Bool = false, isRouted: Bool = true,
        _ queries: [Metric] = []
    ) -> Inspection {
        Inspection(
            target: TrafficTarget(router: router, backends: Backends(a: "a", b: "b")), isRouted: isRouted,
            stable: "a", canaries: ["b"], requiresMTLS: requiresMTLS, queries: queries)
    }

    private func findings(
        of inspection: Inspection, _ router: Looking, _ store: Store = Store(),
        within limit: Duration = .seconds(10)
    ) async -> [Finding] {
        await Ports(routers: [router], providers: [store]).inspect(
            inspection, of: RolloutName("web"), within: limit,
            on: SteadyClock(notBefore: Moment(microseconds: 0)))
    }

    private let metric = Metric(
        name: "success", query: Query(provider: "prometheus", text: "up"), successCondition: "result[0] > 0.9"
    )

    @Test func theRoutersFindingsAreToldWorstFirst() async {
        let note = Finding(.note, "owner", "route", "is argocd's", why: "it writes too", mend: "nothing")
        let error = Finding(
            .error, "objects", "route", "is not there", why: "it is needed", mend: "create it")
        let found = await findings(of: inspection(), Looking(findings: [note, finding, error]))
        #expect(found == [error, finding, note])
    }

    @Test func whereMutualTLSIsRequiredItsAbsenceIsAnError() async {
        let found = await findings(of: inspection(requiresMTLS: true), Looking(findings: [finding]))
        #expect(found.map(\.severity) == [.error])
        let lax = await findings(of: inspection(), Looking(findings: [finding]))
        #expect(lax.map(\.severity) == [.warning])
    }

    @Test func whereNothingTellsOfMutualTLSItIsUnproved() async {
        let found = await findings(of: inspection(requiresMTLS: true), Looking())
        #expect(found.map(\.check) == [Finding.mtls] && found.map(\.severity) == [.error])
    }

    @Test func withoutAMeshThereIsNoMutualTLSToProve() async {
        let found = await findings(of: inspection(requiresMTLS: true, isRouted: false), Looking())
        #expect(found.map(\.check) == [Finding.mtls] && found.map(\.severity) == [.error])
        #expect(await findings(of: inspection(isRouted: false), Looking()) == [])
    }

    @Test func aMeshThatCannotBeLookedAtIsAWarning() async {
        let failure = RouteFailure(.unavailable, "connection refused")
        let found = await findings(of: inspection(), Looking(failure: failure))
        #expect(found.map(\.severity) == [.warning])
        #expect(found.first?.what == "could not be looked at: connection refused")
    }

    /// The deadline is the caller's; the router says then what it was waiting for.
    @Test func aLookThatTakesTooLongIsAWarning() async {
        let found = await findings(of: inspection(), Looking(hangs: true), within: .milliseconds(20))
        #expect(found.map(\.severity) == [.warning] && found.map(\.check) == ["reach"])
    }

    @Test func aRouterThatNobodyConfiguredIsAnError() async {
        let found = await findings(of: inspection(router: "istio"), Looking())
        #expect(found.map(\.severity) == [.error])
        #expect(found.first?.what == #"no router "istio" is configured; configured: looking"#)
    }

    @Test func aMetricThatHasSomethingToSayIsNoFinding() async {
        #expect(await findings(of: inspection([metric]), Looking()) == [])
    }

    @Test(arguments: [
        (Sample.value(.array([]), warnings: []), "there is no series of the stable release"),
        (.failure(SampleFailure(.outage, "refused")), "the store can't be asked: refused"),
        (.failure(SampleFailure(.refused, "parse error")), "the question is not taken: parse error"),
    ])
    func aMetricThatHasNothingToSayIsAWarning(answer: Sample, what: String) async {
        let store = Store()
        await store.answer(answer)
        let found = await findings(of: inspection([metric]), Looking(), store)
        #expect(found.map(\.severity) == [.warning])
        #expect(found.first?.what.contains(what) == true, "\(found)")
    }
}

/// A mesh that has these findings, or can't be looked at.
private struct Looking: TrafficRouter {
    let kind = "looking"
    var findings: [Finding] = []
    var failure: RouteFailure?
    var hangs = false

    func backend(of target: TrafficTarget) -> String { "mesh" }

    func write(_ write: RouteWrite) async throws(RouteFailure) -> RouteReceipt {
        throw RouteFailure(.unavailable, "nothing is written here")
    }

    func confirm(_ receipt: RouteReceipt) async throws(RouteFailure) -> RouteEvidence {
        throw RouteFailure(.unavailable, "nothing is written here")
    }

    func observe(_ rollout: RolloutName, _ target: TrafficTarget) async throws(RouteFailure) -> ObservedRoute?
    { nil }

    func disturbances() -> AsyncStream<RolloutName> { AsyncStream { _ in } }

    func inspect(
        _ inspection: Inspection, of rollout: RolloutName
    ) async throws(RouteFailure) -> [Finding] {
        if let failure { throw failure }
        // Cut short is what is waited for here.
        if hangs { try? await Task.sleep(for: .seconds(3_600)) }
        if Task.isCancelled { throw RouteFailure(.unavailable, "called off") }
        return findings
    }
}
