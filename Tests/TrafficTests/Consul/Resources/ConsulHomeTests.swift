import Rollouts
import Synchronization
import TestCluster
import Testing
import Transport

@testable import Engine
@testable import Traffic

/// Whether entries are written in Consul or in custom resources.
@Suite(.cluster(CustomKinds.consul), .timeLimit(.minutes(1))) struct ConsulHomeTests {
    private let cluster = testCluster()

    /// Entries that bear the notes of consul-k8s: its resources are written, also while Consul can't be asked any more.
    @Test(arguments: [
        ["external-source": "kubernetes"], ["consul.hashicorp.com/source-datacenter": "dc1"],
    ]) func whoMadeTheEntriesIsFoundInConsulAndRemembered(meta: [String: String]) async throws {
        let isAway = Mutex(false)
        let entry: JSON = ["Kind": "service-resolver", "Name": "web", "Meta": JSON(meta)]
        let consul = ScriptedConsul { request in
            if isAway.withLock(\.self) { return .late }
            if request.url.contains("/v1/health/") { return .consul(200, "[{}]") }
            return request.url.contains("service-resolver/web") ? .consul(200, entry.text) : nil
        }
        let router = ConsulRouter(
            ConsulSettings(address: "http://consul:8500", settle: .zero), sender: consul, cluster: cluster,
            sleep: { [cluster] _ in
                try Task.checkCancellation()
                for kind in EntryName.Kind.allCases { try await speak(of: kind, by: cluster) }
            })
        let target = try resourceTarget(on: cluster) {
            $0.customResources = nil
            $0.proto = nil
        }
        _ = try await router.write(consulWrite(try split(20), target, since: 1))
        #expect(cluster.written == ["ServiceResolver", "ServiceSplitter"])
        #expect(consul.requests.allSatisfy { $0.method == .get })
        isAway.withLock { $0 = true }
        // Beside the watch, whose questions are not for what is consistent.
        let asked = { consul.requests.count { $0.url.contains("consistent") } }
        let before = asked()
        _ = try await router.write(consulWrite(.all(to: .a), target, since: 2, isRollback: true))
        #expect(cluster.written.last == "ServiceSplitter" && asked() == before, "nobody asks Consul first")
        await router.close()
    }

    @Test func withoutAClusterTheyAreRefused() async throws {
        let router = ConsulRouter(ConsulSettings(address: nil), sender: NobodyToAsk())
        let write = consulWrite(try split(20), try resourceTarget(on: cluster))
        let failure = await #expect(throws: RouteFailure.self) { try await router.write(write) }
        #expect(failure?.kind == .rejected && failure?.message.contains("add `kubernetes`") == true)
        await router.close()
    }
}
