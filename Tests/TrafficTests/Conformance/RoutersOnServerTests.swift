import Engine
import Kubernetes
import Rollouts
import TestCluster
import TestServer
import Testing
import Transport

@testable import Traffic

/// Every router beside an API server that it knows nothing of: the double in `make test`, a real one in
/// `make test-kubernetes`.
@Suite(.serialized, .apiServer(RouterStage.kinds), .timeLimit(.minutes(5)))
struct RoutersOnServerTests {
    @Test(arguments: RouterStage.all)
    func aRouteIsPlannedWrittenProvedAndReadBack(stage: RouterStage) async throws {
        let (stage, api, router) = try await set(stage)
        let write = stage.write(try split(20), since: 12)
        let receipt = try await router.write(write)
        #expect(receipt.text == "wrote \(stage.reference)")
        let evidence = try await router.confirm(receipt).text
        #expect(evidence.contains("; accepted"), "\(evidence)")
        #expect(try await router.observe(RolloutName("web"), write.target)?.route == write.route)
        #expect(try await router.write(write).text == "found in place: \(stage.reference)")
        let object = try await api.read(stage.reference, .ordinary)
        #expect(Units.mean(stage.weights(object), try shares(20)))
        #expect(object["metadata"]?["labels"] == stage.object["metadata"]?["labels"])
        await router.close()
    }

    @Test(arguments: RouterStage.all) func anOlderWriteIsFencedOff(stage: RouterStage) async throws {
        let (stage, api, router) = try await set(stage)
        _ = try await router.write(stage.write(split(50), since: 5, previous: 4))
        let before = try await api.read(stage.reference, .ordinary)
        let late = stage.write(try split(10), since: 4, previous: 3)
        let failure = await #expect(throws: RouteFailure.self) { try await router.write(late) }
        #expect(failure?.kind == .fenced && failure?.bears == 5)
        #expect(try await api.read(stage.reference, .ordinary) == before)
        await router.close()
    }

    @Test(arguments: RouterStage.all) func aLostRaceIsPlannedAnew(stage: RouterStage) async throws {
        let (stage, api, router) = try await set(stage)
        let reference = stage.reference
        let intruded = IntrudedAPI(api) {
            _ = try? await api.write(
                ObjectWrite(
                    reference, .merge(["metadata": ["labels": ["team": "others"]]]), manager: "kubectl-edit"),
                .ordinary)
        }
        let other = stage.router(intruded)
        _ = try await other.write(stage.write(split(20)))
        let object = try await api.read(stage.reference, .ordinary)
        #expect(Units.mean(stage.weights(object), try shares(20)))
        #expect(object["metadata"]?["labels"]?["team"] == "others" && intruded.writeCount == 2)
        await other.close()
        await router.close()
    }

    @Test(arguments: RouterStage.all)
    func aDriftIsNoticedNamedAndMended(stage: RouterStage) async throws {
        let (stage, api, router) = try await set(stage)
        let write = stage.write(try split(20))
        _ = try await router.confirm(router.write(write))
        var disturbances = router.disturbances().makeAsyncIterator()
        let edit: [PatchOperation] = [.replace("\(stage.split)/1/weight", 4_000)]
        _ = try await api.write(
            ObjectWrite(stage.reference, .patch(edit), manager: "kubectl-edit"), .ordinary)
        #expect(await disturbances.next() == RolloutName("web"))
        let observed = try await router.observe(RolloutName("web"), write.target)
        #expect(observed?.route == nil)
        #expect(observed?.text.contains("weight should be 2000 (last written by kubectl-edit") == true)
        _ = try await router.write(write)
        #expect(try await router.observe(RolloutName("web"), write.target)?.route == write.route)
        await router.close()
    }

    @Test(arguments: RouterStage.all.filter(\.takesRules))
    func whatWasThereIsRestoredAtTheEnd(stage: RouterStage) async throws {
        let (stage, api, router) = try await set(stage)
        let before = try await api.read(stage.reference, .ordinary)["spec"]
        let route = try split(20, rules: [istioSend("beta", betaHeader)])
        _ = try await router.write(stage.write(route, since: 1))
        #expect(try await router.observe(RolloutName("web"), stage.target)?.route == route)
        _ = try await router.write(stage.write(split(0), since: 2, previous: 1, isRollback: true))
        #expect(try await api.read(stage.reference, .ordinary)["spec"] == before)
        await router.close()
    }

    @Test func aListOfRulesThatGitHasIsNotTakenAway() async throws {
        let (stage, api, router) = try await set(.httpRoute, .apply)
        let base: JSON = [
            "rules": [["backendRefs": [["name": "web-a", "port": 80], ["name": "web-b", "port": 80]]]]
        ]
        let target = GatewayTarget(
            routes: [GatewayRoute(.httpRoute, "web", in: stage.reference.namespace, base: base)],
            ownership: .own)
        let owned = TrafficTarget(
            router: "gatewayAPI", backends: stage.target.backends,
            settings: target.settings(of: "gatewayAPI"))
        let write = gatewayWrite(try split(20), owned)
        let failure = await #expect(throws: RouteFailure.self) { try await router.write(write) }
        #expect(failure?.kind == .rejected)
        #expect(
            failure?.message.contains("gitops owns .spec.rules: leave that out of what it applies") == true,
            "\(failure?.message ?? "")")
        // Whoever reads that hands the list over: it is ours as soon as git leaves it out.
        var without = stage.object
        without["spec"]?["rules"] = nil
        _ = try await api.write(
            ObjectWrite(stage.reference, .apply(without, force: false), manager: "gitops"), .ordinary)
        _ = try await router.write(write)
        let weights = { (object: JSON) in object.rules.map(\.backendRefs).first?.map { $0["weight"] } }
        #expect(weights(try await api.read(stage.reference, .ordinary)) == [8_000, 2_000])
        _ = try await api.write(
            ObjectWrite(stage.reference, .apply(without, force: false), manager: "gitops"), .ordinary)
        #expect(weights(try await api.read(stage.reference, .ordinary)) == [8_000, 2_000], "git syncs")
        #expect(try await router.observe(RolloutName("web"), owned)?.route == write.route, "no drift")
        await router.close()
    }

    private enum Way { case create, apply }

    /// A namespace with the object and its Services, and the router.
    private func set(
        _ stage: RouterStage, _ way: Way = .create
    ) async throws -> (RouterStage, KubernetesClient, any StagedRouter) {
        let server = try #require(APIServer.shared, "the suite needs the trait .apiServer")
        let namespace = try await server.makeNamespace()
        let (stage, api) = (stage.moved(to: namespace), server.client())
        for (reference, service) in services() {
            var service = service
            service["metadata"] = ["name": .string(reference.name), "namespace": .string(namespace)]
            let home = ObjectReference(.service, reference.name, in: namespace)
            _ = try await api.write(ObjectWrite(home, .create(service), manager: "git"), .ordinary)
        }
        let deed: ObjectWrite.Deed =
            way == .create ? .create(stage.object) : .apply(stage.object, force: false)
        let manager = way == .create ? "git" : "gitops"
        _ = try await api.write(ObjectWrite(stage.reference, deed, manager: manager), .ordinary)
        if let status = stage.status {
            _ = try await api.write(
                ObjectWrite(
                    stage.reference, .merge(["status": status]), manager: "controller", subresource: "status"),
                .ordinary)
        }
        return (stage, api, stage.router(api))
    }
}

/// So many percent for the second backend.
func shares(_ percent: Int) throws -> [Weight] {
    [try #require(Weight(percent: 100 - percent)), try #require(Weight(percent: percent))]
}
