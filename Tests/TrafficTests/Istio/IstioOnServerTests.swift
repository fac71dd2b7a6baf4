import Engine
import Kubernetes
import Rollouts
import TestCluster
import TestServer
import Testing
import Transport

@testable import Traffic

/// The router beside an API server that it knows nothing of: the double in `make test`, a real one in
/// `make test-kubernetes`.
@Suite(.serialized, .apiServer([.virtualService, .destinationRule]), .timeLimit(.minutes(5)))
struct IstioOnServerTests {
    @Test func aRouteIsPlannedWrittenProvedAndReadBack() async throws {
        let scene = try await IstioScene.make()
        let write = istioWrite(try split(20), try scene.target(), since: 12)
        let receipt = try await scene.router.write(write)
        #expect(receipt.text == "wrote \(scene.service)")
        let version = try await scene.read()["metadata"]["resourceVersion"]?.string ?? ""
        #expect(
            try await scene.router.confirm(receipt).text == "stored at resourceVersion \(version); accepted")
        let observed = try await scene.router.observe(RolloutName("web"), write.target)
        #expect(observed?.route == write.route && observed?.since == 12 && observed?.journal == "north")
        #expect(try await scene.router.write(write).text == "found in place: \(scene.service)")
        let object = try await scene.read()
        #expect(object["metadata"]["resourceVersion"]?.string == version)
        #expect(object.weights() == [8_000, 2_000])
        #expect(object.names == ["health", "primary", "rest"], "the routes of the user stay")
        #expect(object.route(named: "primary")?["timeout"] == "2s")
        #expect(object.owner(of: ["spec", "http"])?.manager == FieldManager.patch)
        await scene.router.close()
    }

    @Test func anOlderWriteIsFencedOff() async throws {
        let scene = try await IstioScene.make()
        let target = try scene.target()
        _ = try await scene.router.write(istioWrite(split(50), target, since: 5, previous: 4))
        let before = try await scene.read()
        let late = istioWrite(try split(10), target, since: 4, previous: 3)
        let failure = await #expect(throws: RouteFailure.self) { try await scene.router.write(late) }
        #expect(failure?.kind == .fenced && failure?.bears == 5)
        let stranger = istioWrite(try split(10), target, since: 9, previous: 8, journal: "south")
        let foreign = await #expect(throws: RouteFailure.self) { try await scene.router.write(stranger) }
        #expect(foreign?.kind == .foreign)
        #expect(try await scene.read() == before)
        _ = try await scene.router.write(istioWrite(split(60), target, since: 6, previous: 5))
        #expect(try await scene.read().weights() == [4_000, 6_000])
        await scene.router.close()
    }

    @Test func aLostRaceIsPlannedAnew() async throws {
        let scene = try await IstioScene.make()
        let (api, service) = (scene.api, scene.service)
        let intruded = IntrudedAPI(api) {
            _ = try? await api.write(
                ObjectWrite(
                    service, .merge(["spec": ["hosts": ["web", "www"]]]), manager: "kubectl-edit"), .ordinary)
        }
        let router = scene.router(intruded)
        _ = try await router.write(istioWrite(split(20), scene.target()))
        let object = try await scene.read()
        #expect(object.weights() == [8_000, 2_000] && object["spec"]["hosts"] == ["web", "www"])
        #expect(intruded.writeCount == 2)
        await router.close()
    }

    @Test func aDriftIsNoticedNamedAndMended() async throws {
        let scene = try await IstioScene.make()
        let write = istioWrite(try split(20), try scene.target())
        _ = try await scene.router.confirm(scene.router.write(write))
        var disturbances = scene.router.disturbances().makeAsyncIterator()
        let edit: [PatchOperation] = [.replace("/spec/http/1/route/1/weight", 4_000)]
        _ = try await scene.api.write(
            ObjectWrite(scene.service, .patch(edit), manager: "kubectl-edit"), .ordinary)
        #expect(await disturbances.next() == RolloutName("web"))
        let observed = try await scene.router.observe(RolloutName("web"), write.target)
        #expect(observed?.route == nil && observed?.since == 1)
        let flaw = "\(scene.service) was edited: spec.http[1].route[1].weight should be 2000 "
        #expect(observed?.text.hasPrefix(flaw + "(last written by kubectl-edit at ") == true)
        _ = try await scene.router.write(write)
        #expect(try await scene.read().weights() == [8_000, 2_000])
        #expect(try await scene.router.observe(RolloutName("web"), write.target)?.route == write.route)
        await scene.router.close()
        #expect(await disturbances.next() == nil)
    }

    @Test func whatWasThereIsRestoredAtTheEnd() async throws {
        let scene = try await IstioScene.make()
        let before = try await scene.read()["spec"]
        let target = try scene.target { $0.restores = true }
        let rules = [istioSend("beta", betaHeader), try istioMirror("shadow", percent: 5)]
        _ = try await scene.router.write(istioWrite(split(20, rules: rules, stickyBy: "u"), target, since: 1))
        let during = try await scene.read()
        #expect(during.http.count > 3 && during["spec"] != before)
        _ = try await scene.router.write(
            istioWrite(split(0), target, since: 2, previous: 1, isRollback: true))
        #expect(try await scene.read()["spec"] == before)
        await scene.router.close()
    }

    @Test func aListOfRoutesThatGitHasIsNotTakenAway() async throws {
        let scene = try await IstioScene.make(.apply, by: "gitops")
        let target = try scene.target {
            $0.ownership = .own
            $0.virtualServices[0].base = ["http": [virtualService().http[1]]]
        }
        let write = istioWrite(try split(20), target)
        let failure = await #expect(throws: RouteFailure.self) { try await scene.router.write(write) }
        #expect(failure?.kind == .rejected)
        #expect(
            failure?.message.contains("gitops owns .spec.http: leave that out of what it applies") == true,
            "\(failure?.message ?? "")")
        // Whoever reads that hands the list over: it is ours as soon as git leaves it out.
        var without = scene.wanted
        without["spec"]["http"] = nil
        _ = try await scene.api.write(
            ObjectWrite(scene.service, .apply(without, force: false), manager: "gitops"), .ordinary)
        _ = try await scene.router.write(write)
        let object = try await scene.read()
        #expect(object.weights() == [8_000, 2_000])
        #expect(object.owner(of: ["spec", "http"])?.manager == FieldManager.apply)
        _ = try await scene.api.write(
            ObjectWrite(scene.service, .apply(without, force: false), manager: "gitops"), .ordinary)
        #expect(try await scene.read().weights() == [8_000, 2_000], "git syncs and leaves the routes alone")
        await scene.router.close()
    }

    @Test func subsetsAreRePointedAtAPromotion() async throws {
        let scene = try await IstioScene.make(of: ["stable", "canary"])
        let rule = ObjectReference(.destinationRule, "web", in: scene.namespace)
        _ = try await scene.put(destinationRule(["stable": "v1", "canary": "v1"]), at: rule)
        let target = try scene.target(["stable", "canary"], roles: true) {
            $0.destinationRule = IstioRule("web", in: scene.namespace)
        }
        func releases() async throws -> [String?] {
            (try await scene.api.read(rule, .ordinary)["spec"]["subsets"]?.array ?? []).map {
                $0["labels"]["rollouts-pod-template-hash"]?.string
            }
        }
        let places: [Place: String] = [.a: "v1", .b: "v2"]
        _ = try await scene.router.write(istioWrite(split(20, home: .a), target, since: 1, occupants: places))
        #expect(try await releases() == ["v1", "v2"])
        #expect(try await scene.read().weights() == [8_000, 2_000])
        let promotion = try istioWrite(
            split(100, home: .b), target, since: 2, previous: 1, occupants: [.b: "v2"], isRollback: true)
        _ = try await scene.router.write(promotion)
        #expect(try await releases() == ["v2", "v2"])
        #expect(try await scene.read().weights() == [10_000, 0])
        await scene.router.close()
    }
}

/// A namespace with a VirtualService, and a router beside it.
private struct IstioScene {
    enum Way { case create, apply }

    let namespace: String
    let api: KubernetesClient
    let router: IstioRouter
    /// The VirtualService as somebody wanted it.
    let wanted: JSON

    var service: ObjectReference { ObjectReference(.virtualService, "web", in: namespace) }

    static func make(
        _ way: Way = .create, by manager: String = "git", of names: [String] = ["a", "b"]
    ) async throws -> IstioScene {
        let server = try #require(APIServer.shared, "the suite needs the trait .apiServer")
        let namespace = try await server.makeNamespace()
        let api = server.client()
        var wanted = virtualService(names)
        wanted["metadata"] = ["name": "web", "namespace": .string(namespace)]
        let scene = IstioScene(namespace: namespace, api: api, router: router(api), wanted: wanted)
        let deed: ObjectWrite.Deed = way == .create ? .create(wanted) : .apply(wanted, force: false)
        _ = try await api.write(ObjectWrite(scene.service, deed, manager: manager), .ordinary)
        return scene
    }

    private static func router(_ api: any KubernetesAPI) -> IstioRouter {
        IstioRouter(IstioSettings(), api: api, sender: NobodyToAsk(), sleep: { _ in })
    }

    func router(_ api: any KubernetesAPI) -> IstioRouter { Self.router(api) }

    func read() async throws -> JSON { try await api.read(service, .ordinary) }

    func put(_ object: JSON, at reference: ObjectReference) async throws -> JSON {
        var object = object
        object["metadata"] = [
            "name": .string(reference.name), "namespace": .string(namespace),
        ]
        return try await api.write(ObjectWrite(reference, .create(object), manager: "git"), .ordinary)
    }

    func target(
        _ names: [String] = ["a", "b"], roles: Bool = false, _ change: (inout IstioTarget) -> Void = { _ in }
    ) throws -> TrafficTarget {
        try istioTarget(names, roles: roles) { target in
            target.virtualServices = [IstioService("web", in: namespace)]
            change(&target)
        }
    }
}
