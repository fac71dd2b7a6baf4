import TestCluster
import Testing

@testable import Kubernetes
@testable import Transport

/// The client beside a cluster that answers as a real one does.
private func withClient(
    pageSize: Int = 500, _ body: @escaping @Sendable (KubernetesClient, Cluster) async throws -> Void
) async throws {
    let http = CurlClient()
    do {
        try await withCluster(Set(CustomKinds.allCases)) { cluster in
            let access = ClusterAccess(
                server: cluster.url, connection: .init(proxy: .none), credentials: .token("t"))
            let settings = KubernetesClient.Settings(timeout: .seconds(5), pageSize: pageSize)
            try await body(KubernetesClient(access, sender: http, settings: settings, log: quiet), cluster)
        }
        await http.shutdown()
    } catch {
        await http.shutdown()
        throw error
    }
}

private let web = ObjectReference(.virtualService, "web", in: "shop")

private func virtualService(_ weight: Int64) -> JSON {
    [
        "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
        "metadata": ["name": "web", "namespace": "shop"],
        "spec": [
            "hosts": ["web"],
            "http": [
                [
                    "route": [
                        [
                            "destination": ["host": "web", "subset": "stable"],
                            "weight": .integer(100 - weight),
                        ],
                        ["destination": ["host": "web", "subset": "canary"], "weight": .integer(weight)],
                    ]
                ]
            ],
        ],
    ]
}

private func secret(_ name: String) -> JSON {
    ["apiVersion": "v1", "kind": "Secret", "metadata": ["name": .string(name)], "data": [:]]
}

private func written(_ deed: ObjectWrite.Deed, by manager: String = "headgate") -> ObjectWrite {
    ObjectWrite(web, deed, manager: manager)
}

@Suite struct ClusterTests {
    @Test func anObjectLivesFromCreateToDelete() async throws {
        try await withClient { client, cluster in
            cluster.ensureNamespace("shop")
            let gone = await refusal { () async throws(KubernetesError) in
                try await client.read(web, .ordinary)
            }
            #expect(gone?.kind == .missing)
            let made = try await client.write(written(.create(virtualService(0))), .ordinary)
            let again = await refusal { () async throws(KubernetesError) in
                try await client.write(written(.create(virtualService(0))), .ordinary)
            }
            #expect(again?.kind == .exists)
            let version = try #require(made["metadata"]["resourceVersion"]?.string)
            let path = "/spec/http/0/route/1/weight"
            let shift = ObjectWrite.Deed.patch([.version(version), .replace(path, 10)])
            let shifted = try await client.write(written(shift), .rollback)
            #expect(shifted["spec"]["http"]?[0]["route"]?[1]["weight"] == 10)
            let late = await refusal { () async throws(KubernetesError) in
                try await client.write(written(shift), .rollback)
            }
            #expect(late?.kind == .stale)
            let untrue = await refusal { () async throws(KubernetesError) in
                try await client.write(written(.patch([.test(path, 99)])), .ordinary)
            }
            #expect(untrue?.kind == .stale)
            _ = try await client.write(written(.delete(uid: made["metadata"]["uid"]?.string)), .ordinary)
            #expect(cluster.object(web) == nil)
        }
    }

    @Test func fieldsOfOthersAreNotTakenUnlessForced() async throws {
        try await withClient { client, cluster in
            cluster.ensureNamespace("shop")
            _ = try await client.write(
                written(.apply(virtualService(0), force: false), by: "gitops"), .ordinary)
            let refused = await refusal { () async throws(KubernetesError) in
                try await client.write(written(.apply(virtualService(5), force: false)), .ordinary)
            }
            #expect(refused?.kind == .ownedByOther(managers: ["gitops"], fields: [".spec.http"]))
            _ = try await client.write(written(.apply(virtualService(5), force: true)), .ordinary)
            var unknown = virtualService(5)
            unknown["spec"]["retry"] = 1
            let unsupported = await refusal { () async throws(KubernetesError) in
                try await client.write(written(.apply(unknown, force: true)), .ordinary)
            }
            #expect(unsupported?.kind == .unsupported)
        }
    }

    @Test func listsComeInPages() async throws {
        try await withClient(pageSize: 3) { client, cluster in
            for number in 0..<10 { cluster.create(secret("s\(number)"), .secret, in: "shop") }
            let query = ObjectQuery(.secret, in: "shop")
            let list = try await client.list(query, .ordinary)
            #expect(list.items.count == 10)
            #expect(list.items[0]["kind"] == "Secret")
            #expect(await client.counts == ["list": 4])
        }
    }

    @Test func whatIsServedIsFound() async throws {
        try await withClient { (client, _) async throws in
            #expect(try await client.serves(.virtualService))
            #expect(try await client.serves(.pod))
            let rollout = ResourceKind("nowhere.test", "v1", "Thing", plural: "things")
            #expect(try await !client.serves(rollout))
            let missing = await refusal { () async throws(KubernetesError) in
                try await client.read(ObjectReference(rollout, "x", in: "shop"), .ordinary)
            }
            #expect(missing?.kind == .missing)
            #expect(missing?.message.contains("is its CRD installed?") == true)
        }
    }

    @Test func aForbiddenDeedSaysWhichRuleIsMissing() async throws {
        try await withClient { client, cluster in
            cluster.ensureNamespace("shop")
            cluster.setAccess(.accounts(["t": Account("sa", [])]))
            let refused = await refusal { () async throws(KubernetesError) in
                try await client.read(web, .ordinary)
            }
            #expect(refused?.kind == .forbidden)
            #expect(
                refused?.message.hasSuffix(
                    "allow it: {apiGroups: [\"networking.istio.io\"], resources: [\"virtualservices\"], "
                        + "verbs: [\"get\"]}") == true)
            cluster.setAccess(.accounts([:]))
            let stranger = await refusal { () async throws(KubernetesError) in
                try await client.read(web, .ordinary)
            }
            #expect(stranger?.kind == .unauthenticated)
        }
    }

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

    @Test func anElectionIsHeldOnIt() async throws {
        try await withClient { client, cluster in
            cluster.ensureNamespace("system")
            let lease = ObjectReference(.lease, "headgate", in: "system")
            let terms = ElectionTerms(
                duration: .seconds(30), renewal: .seconds(20), retry: .milliseconds(50))
            for epoch in 1...3 {
                let election = LeaderElection(
                    lease, identity: "pod-\(epoch)", terms: terms, api: client, log: quiet)
                let (news, teller) = AsyncStream<Leadership>.makeStream()
                let running = Task { await election.run { teller.yield($0) } }
                var iterator = news.makeAsyncIterator()
                #expect(await iterator.next() == .leading(epoch: epoch))
                let version = cluster.object(lease)["metadata"]["resourceVersion"]
                #expect(
                    await eventually { cluster.object(lease)["metadata"]["resourceVersion"] != version },
                    "it renews")
                #expect(cluster.object(lease)["spec"]["holderIdentity"] == .string("pod-\(epoch)"))
                running.cancel()
                await running.value
                #expect(cluster.object(lease)["spec"]["holderIdentity"] == "")
            }
        }
    }
}

extension JSON {
    fileprivate var name: String? { self["metadata"]["name"]?.string }
}
