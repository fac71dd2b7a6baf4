import Kubernetes
import TestServer
import Testing
import Transport

extension Conformance {
    /// The leader election that runs, beside the server.
    @Suite struct Election {
        @Test func anElectionIsHeldOnIt() async throws {
            let scene = try await Scene()
            let client = scene.server.client()
            let lease = ObjectReference(.lease, "headgate", in: scene.namespace)
            for epoch in 1...3 {
                let candidate = Candidate("pod-\(epoch)", lease, client)
                var news = candidate.news.makeAsyncIterator()
                #expect(await news.next() == .leading(epoch: epoch))
                let version = try await scene.ask(.get, scene.leases("/headgate")).version
                #expect(
                    await eventually {
                        let now = try? await scene.ask(.get, scene.leases("/headgate")).version
                        return now.map { $0 != version } ?? false
                    }, "it renews")
                await candidate.retire()
                let after = try await scene.ask(.get, scene.leases("/headgate"))
                #expect(after.json["spec"]?["holderIdentity"] == "", "it gives the lease back")
            }
        }

        @Test func whoWaitsLeadsWhenTheLeaderGoes() async throws {
            let scene = try await Scene()
            let client = scene.server.client()
            let lease = ObjectReference(.lease, "headgate", in: scene.namespace)
            let first = Candidate("first", lease, client)
            var firstNews = first.news.makeAsyncIterator()
            #expect(await firstNews.next() == .leading(epoch: 1))
            let second = Candidate("second", lease, client)
            var secondNews = second.news.makeAsyncIterator()
            #expect(await secondNews.next() == .following("first"))
            await first.retire()
            #expect(await secondNews.next() == .leading(epoch: 2))
            await second.retire()
        }
    }
}

/// One who stands for election until it retires.
private struct Candidate {
    let news: AsyncStream<Leadership>
    private let running: Task<Void, Never>

    init(_ identity: String, _ lease: ObjectReference, _ client: KubernetesClient) {
        let terms = ElectionTerms(duration: .seconds(30), renewal: .seconds(20), retry: .milliseconds(50))
        let election = LeaderElection(lease, identity: identity, terms: terms, api: client, log: quiet)
        let (news, teller) = AsyncStream<Leadership>.makeStream()
        self.news = news
        running = Task { await election.run { teller.yield($0) } }
    }

    func retire() async {
        running.cancel()
        await running.value
    }
}
