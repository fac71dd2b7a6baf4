import Analysis
import Engine
import Kubernetes
import TestCluster
import Testing
import Transport

@testable import Sampling

/// Measurements by Jobs of an API server.
@Suite(.timeLimit(.minutes(1))) struct ClusterJobsTests {
    private func withJobs(
        taking duration: Duration = .zero,
        _ body: @escaping @Sendable (Cluster, ClusterJobs) async throws -> Void
    ) async throws {
        try await withCluster(keeper: PodKeeper(jobsTake: duration)) { cluster in
            cluster.ensureNamespace("shop")
            try await body(cluster, ClusterJobs(client(of: cluster), namespace: "shop"))
        }
    }

    private func names(_ cluster: Cluster) -> [String] {
        cluster.objects(.job, in: "shop").compactMap { $0["metadata"]["name"]?.string }
    }

    private func name(_ order: JobOrder) -> String { JobDocument(order: order, namespace: "shop").name }

    @Test func aJobThatIsCompleteIsGoodAndStaysToBeLookedAt() async throws {
        try await withJobs { cluster, jobs in
            #expect(await jobs.run(order()) == .ended(.passed, message: "Job \(name(order())) is complete"))
            #expect(names(cluster) == [name(order())])
        }
    }

    @Test func aJobThatFailsIsBad() async throws {
        try await withJobs { _, jobs in
            guard case .ended(.failed, let message) = await jobs.run(order(outcome: "failure")) else {
                Issue.record("did not fail")
                return
            }
            #expect(message.contains("BackoffLimitExceeded"))
        }
    }

    @Test func aJobThatTakesLongerThanItWasGivenIsStopped() async throws {
        try await withJobs(taking: .seconds(600)) { _, jobs in
            let pods = #"{"restartPolicy": "Never", "containers": [{"name": "app", "image": "app:1"}]}"#
            let text = #"{"spec": {"activeDeadlineSeconds": 1, "template": {"spec": \#(pods)}}}"#
            let sample = await jobs.run(order(text: text))
            guard case .ended(.stopped, _) = sample else {
                Issue.record("was not stopped: \(sample)")
                return
            }
        }
    }

    /// As after a crash: the one who asks again knows nothing of the first time.
    @Test func whoAsksAgainFindsTheSameJob() async throws {
        try await withJobs(taking: .milliseconds(300)) { cluster, jobs in
            let first = Task { await jobs.run(order()) }
            while names(cluster).isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            first.cancel()
            _ = await first.value
            let again = ClusterJobs(client(of: cluster), namespace: "shop")
            guard case .ended(.passed, _) = await again.run(order()) else {
                Issue.record("did not pass")
                return
            }
            #expect(names(cluster).count == 1)
        }
    }

    @Test func anAnswerThatIsLostMakesNoSecondJob() async throws {
        try await withJobs { cluster, jobs in
            cluster.inject(ClusterFault(.answerLost, verbs: [.create], .job))
            guard case .ended(.passed, _) = await jobs.run(order()) else {
                Issue.record("did not pass")
                return
            }
            #expect(names(cluster).count == 1)
        }
    }

    /// Nobody knows then whether it was made: it is taken away before the next one is.
    @Test func whatMayRunInDoubtIsTakenAwayFirst() async throws {
        try await withJobs(taking: .seconds(600)) { cluster, jobs in
            cluster.inject(ClusterFault(.answerLost, verbs: [.create], .job))
            cluster.inject(ClusterFault(.unavailable, .job, times: 1_000))
            let lost = await jobs.run(order())
            #expect(isFailure(lost, .outage), "\(lost)")
            #expect(names(cluster) == [name(order())])
            cluster.clearFaults()
            let next = Task { await jobs.run(order(number: 1)) }
            while names(cluster) != [name(order(number: 1))] { try await Task.sleep(for: .milliseconds(5)) }
            next.cancel()
            _ = await next.value
        }
    }

    @Test func aJobOfSomebodyElseIsNotTakenForOurs() async throws {
        try await withJobs { cluster, jobs in
            var foreign = try JobDocument(order: order(), namespace: "shop").json()
            foreign["metadata"]["annotations"] = ["headgate.dev/measurement": "another"]
            cluster.create(foreign, .job, in: "shop")
            let sample = await jobs.run(order())
            #expect(isFailure(sample, .refused), "\(sample)")
        }
    }

    @Test func aMissingRightIsNamedWithTheRuleToAdd() async throws {
        try await withJobs { cluster, _ in
            cluster.setAccess(.accounts(["t": Account("headgate", [])]))
            let jobs = ClusterJobs(client(of: cluster, token: "t"), namespace: "shop")
            guard case .failure(let failure) = await jobs.run(order()) else {
                Issue.record("did not fail")
                return
            }
            #expect(failure.kind == .refused)
            #expect(
                failure.message.contains(#"{apiGroups: ["batch"], resources: ["jobs"], verbs: ["create"]}"#))
        }
    }

    @Test func aJobThatIsRemovedWhileItRunsIsRunAgainLater() async throws {
        try await withJobs(taking: .seconds(600)) { cluster, jobs in
            let running = Task { await jobs.run(order()) }
            while names(cluster).isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            try await Task.sleep(for: .milliseconds(100))
            cluster.delete(ObjectReference(.job, name(order()), in: "shop"))
            #expect(isFailure(await running.value, .outage))
        }
    }

    @Test func onlySoManyAreKept() async throws {
        try await withJobs { cluster, jobs in
            for number in 0..<4 { _ = await jobs.run(order(number: number, retention: 2)) }
            #expect(Set(names(cluster)) == [name(order(number: 2)), name(order(number: 3))])
        }
    }

    /// What had to end while nobody was there.
    @Test func whatRunsUnwantedIsSweptAway() async throws {
        try await withJobs(taking: .seconds(600)) { cluster, jobs in
            let orders = [order(), order(number: 1), order(journal: "another")]
            for order in orders {
                cluster.create(try JobDocument(order: order, namespace: "shop").json(), .job, in: "shop")
            }
            try await jobs.sweep("j") { [order(number: 1)] }
            #expect(Set(names(cluster)) == [name(order(number: 1)), name(order(journal: "another"))])
        }
    }

    private func isFailure(_ sample: Sample, _ kind: SampleFailure.Kind) -> Bool {
        if case .failure(let failure) = sample { failure.kind == kind } else { false }
    }
}
