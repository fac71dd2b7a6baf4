import TestCluster
import Testing

@testable import Kubernetes
@testable import Transport

/// The client beside a cluster that misbehaves when it is told to.
private func withClient(
    _ body: @escaping @Sendable (KubernetesClient, Cluster) async throws -> Void
) async throws {
    let http = CurlClient()
    do {
        try await withCluster { cluster in
            let access = ClusterAccess(
                server: cluster.url, connection: .init(proxy: .none), credentials: .token("t"))
            let settings = KubernetesClient.Settings(timeout: .seconds(5))
            try await body(KubernetesClient(access, sender: http, settings: settings, log: quiet), cluster)
        }
        await http.shutdown()
    } catch {
        await http.shutdown()
        throw error
    }
}

private func secret(_ name: String) -> JSON {
    ["apiVersion": "v1", "kind": "Secret", "metadata": ["name": .string(name)], "data": [:]]
}

@Suite struct ClusterTests {
    @Test func aWatchOutlivesRestartsAndLostHistory() async throws {
        try await withClient { client, cluster in
            let query = ObjectQuery(.secret, in: "shop")
            cluster.create(secret("a"), .secret, in: "shop")
            var events = client.watch(query).makeAsyncIterator()
            var known: Set<String> = []
            /// Reads until it is told of that name.
            func hear(of name: String) async {
                while !known.contains(name), let event = await events.next() {
                    switch event {
                    case .listed(let objects): known = Set(objects.compactMap(\.name))
                    case .added(let object), .modified(let object): known.formUnion([object.name ?? ""])
                    case .deleted, .interrupted: break
                    }
                }
            }
            await hear(of: "a")
            #expect(await eventually { cluster.watchCount == 1 })
            cluster.dropWatches()
            cluster.create(secret("b"), .secret, in: "shop")
            await hear(of: "b")
            #expect(await eventually { cluster.watchCount == 1 })
            cluster.expireWatches()
            cluster.create(secret("c"), .secret, in: "shop")
            await hear(of: "c")
            cluster.inject(ClusterFault(.unavailable, verbs: [.watch], .secret))
            #expect(await eventually { cluster.watchCount == 1 })
            cluster.dropWatches()
            cluster.create(secret("d"), .secret, in: "shop")
            await hear(of: "d")
            #expect(known == ["a", "b", "c", "d"])
        }
    }

    @Test func aHundredReadersAreOneConnectionThatEndsWithThem() async throws {
        try await withClient { client, cluster in
            cluster.create(secret("a"), .secret, in: "shop")
            let readers = (0..<100).map { _ in
                Task {
                    for await event in client.watch(ObjectQuery(.secret, in: "shop")) {
                        if case .added = event { return true }
                    }
                    return false
                }
            }
            #expect(await eventually { cluster.watchCount == 1 })
            #expect(await eventually { await client.readerCount == 100 })
            cluster.create(secret("b"), .secret, in: "shop")
            for reader in readers { #expect(await reader.value) }
            #expect(await client.counts["watch"] == 1)
            #expect(await eventually { await client.watchCount == 0 })
            let left = ObjectReference(.secret, "a", in: "shop")
            // The cluster finds out when it can't write any more.
            #expect(
                await eventually {
                    cluster.edit(left) { $0["data"] = ["n": .string("\($0.hashValue)")] }
                    return cluster.watchCount == 0
                })
        }
    }

}

extension JSON {
    fileprivate var name: String? { self["metadata"]["name"]?.string }
}
