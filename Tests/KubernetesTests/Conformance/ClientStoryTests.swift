import Kubernetes
import Synchronization
import TestServer
import Testing
import Transport

extension Conformance {
    /// The client that runs, beside the server.
    @Suite struct Client {
        @Test func anObjectLivesFromCreateToDelete() async throws {
            let (scene, client) = try await sceneWithClient()
            let web = scene.web
            let gone = await refusal { () async throws(KubernetesError) in
                try await client.read(web, .ordinary)
            }
            #expect(gone?.kind == .missing)
            let made = try await client.write(written(web, .create(route(0))), .ordinary)
            let again = await refusal { () async throws(KubernetesError) in
                try await client.write(written(web, .create(route(0))), .ordinary)
            }
            #expect(again?.kind == .exists)
            let version = try #require(made["metadata"]["resourceVersion"]?.string)
            let path = "/spec/http/0/route/1/weight"
            let shift = written(web, .patch([.version(version), .replace(path, 10)]))
            let shifted = try await client.write(shift, .rollback)
            #expect(shifted["spec"]["http"]?[0]["route"]?[1]["weight"] == 10)
            let late = await refusal { () async throws(KubernetesError) in
                try await client.write(shift, .rollback)
            }
            #expect(late?.kind == .stale)
            let untrue = await refusal { () async throws(KubernetesError) in
                try await client.write(written(web, .patch([.test(path, 99)])), .ordinary)
            }
            #expect(untrue?.kind == .stale)
            _ = try await client.write(
                written(web, .delete(uid: made["metadata"]["uid"]?.string)), .ordinary)
            #expect(try await scene.ask(.get, scene.virtualServices("/web")).status == 404)
        }

        @Test func fieldsOfOthersAreNotTakenUnlessForced() async throws {
            let (scene, client) = try await sceneWithClient()
            _ = try await client.write(
                written(scene.web, .apply(route(0), force: false), by: "gitops"), .ordinary)
            let refused = await refusal { () async throws(KubernetesError) in
                try await client.write(written(scene.web, .apply(route(5), force: false)), .ordinary)
            }
            #expect(refused?.kind == .ownedByOther(managers: ["gitops"], fields: [".spec.http"]))
            _ = try await client.write(written(scene.web, .apply(route(5), force: true)), .ordinary)
            var unknown = route(5)
            unknown["spec"]["retry"] = 1
            let unsupported = await refusal { () async throws(KubernetesError) in
                try await client.write(written(scene.web, .apply(unknown, force: true)), .ordinary)
            }
            #expect(unsupported?.kind == .unsupported)
        }

        @Test func allWhoOwnTheFieldsAreNamed() async throws {
            let (scene, client) = try await sceneWithClient()
            let parts = [("gitops", virtualService("web", ["hosts": ["web"]])), ("argo", httpOnly(0))]
            for (manager, object) in parts {
                _ = try await client.write(
                    written(scene.web, .apply(object, force: false), by: manager), .ordinary)
            }
            let wish = virtualService("web", ["hosts": ["www"], "http": split(90, 10)])
            let refused = await refusal { () async throws(KubernetesError) in
                try await client.write(written(scene.web, .apply(wish, force: false)), .ordinary)
            }
            guard case .ownedByOther(let managers, let fields) = refused?.kind else {
                Issue.record("\(refused?.message ?? "it was written")")
                return
            }
            #expect(Set(managers) == ["gitops", "argo"])
            #expect(Set(fields) == [".spec.hosts", ".spec.http"])
        }

        @Test func listsComeInPages() async throws {
            let (scene, client) = try await sceneWithClient(.init(pageSize: 3))
            for number in 0..<10 {
                _ = try await scene.ask(.post, scene.secrets, secret("s\(number)"))
            }
            let list = try await client.list(ObjectQuery(.secret, in: scene.namespace), .ordinary)
            #expect(list.items.count == 10)
            #expect(list.items[0]["kind"] == "Secret")
            #expect(await client.counts == ["list": 4])
        }

        @Test func whatIsServedIsFound() async throws {
            let (scene, client) = try await sceneWithClient()
            #expect(try await client.serves(.virtualService))
            #expect(try await client.serves(.pod))
            let nowhere = ResourceKind("nowhere.test", "v1", "Thing", plural: "things")
            #expect(try await !client.serves(nowhere))
            let missing = await refusal { () async throws(KubernetesError) in
                try await client.read(ObjectReference(nowhere, "x", in: scene.namespace), .ordinary)
            }
            #expect(missing?.kind == .missing)
            #expect(missing?.message.contains("is its CRD installed?") == true)
        }

        @Test func aForbiddenDeedSaysWhichRuleIsMissing() async throws {
            let scene = try await Scene()
            let powerless = scene.server.client(token: APIServer.powerlessToken)
            let refused = await refusal { () async throws(KubernetesError) in
                try await powerless.read(scene.web, .ordinary)
            }
            #expect(refused?.kind == .forbidden)
            #expect(
                refused?.message.hasSuffix(
                    "allow it: {apiGroups: [\"networking.istio.io\"], resources: [\"virtualservices\"], "
                        + "verbs: [\"get\"]}") == true)
            let stranger = await refusal { () async throws(KubernetesError) in
                try await scene.server.client(token: "stranger").read(scene.web, .ordinary)
            }
            #expect(stranger?.kind == .unauthenticated)
        }
    }
}

extension Conformance.Client {
    @Test func aWatchGoesOnWhereItEnded() async throws {
        let (scene, client) = try await sceneWithClient(.init(watchSeconds: 1))
        _ = try await scene.ask(.post, scene.secrets, secret("a"))
        var events = client.watch(ObjectQuery(.secret, in: scene.namespace)).makeAsyncIterator()
        guard case .listed(let objects) = await events.next() else {
            Issue.record("a watch begins with what is there")
            return
        }
        #expect(objects.count == 1)
        #expect(await eventually { await client.counts["watch"] ?? 0 > 2 }, "each lasts a second")
        _ = try await scene.ask(.post, scene.secrets, secret("b"))
        _ = try await scene.ask(.delete, scene.secrets + "/a")
        guard case .added(let added) = await events.next(), case .deleted(let deleted) = await events.next()
        else {
            Issue.record("what happens between two watches is told")
            return
        }
        #expect(added["metadata"]["name"] == "b" && deleted["metadata"]["name"] == "a")
        #expect(await client.counts["list"] == 1)
    }

    @Test func aWatchThatIsTooOldListsAnew() async throws {
        let scene = try await Scene()
        let query = ObjectQuery(.virtualService, in: scene.namespace)
        let client = scene.server.client(sender: AgingSender(scene.server.http))
        _ = try await scene.ask(.post, scene.virtualServices(), route(0))
        var told: [String] = []
        for await event in client.watch(query) {
            switch event {
            case .listed(let objects): told.append("\(objects.count) listed")
            case .interrupted(let error): told.append(error.kind == .expired ? "expired" : error.message)
            default: told.append("\(event)")
            }
            if told.count == 3 { break }
        }
        #expect(told == ["1 listed", "expired", "1 listed"])
    }
}

private func sceneWithClient(
    _ settings: KubernetesClient.Settings = .init()
) async throws -> (Scene, KubernetesClient) {
    let scene = try await Scene()
    return (scene, scene.server.client(settings))
}

/// So much for the canary.
private func route(_ canary: Int) -> JSON {
    virtualService("web", ["hosts": ["web"], "http": split(100 - canary, canary)])
}

private func httpOnly(_ canary: Int) -> JSON {
    virtualService("web", ["http": split(100 - canary, canary)])
}

private func secret(_ name: String) -> JSON { ["metadata": ["name": .string(name)], "data": [:]] }

private func written(
    _ object: ObjectReference, _ deed: ObjectWrite.Deed, by manager: String = "headgate"
) -> ObjectWrite {
    ObjectWrite(object, deed, manager: manager)
}

extension Scene {
    fileprivate var web: ObjectReference { ObjectReference(.virtualService, "web", in: namespace) }

    fileprivate var secrets: String { path("v1", "secrets") }
}

/// Asks for the first watch from so far back that no server knows any more what happened since.
private final class AgingSender: HTTPSender {
    private let http: CurlClient
    private let isYoung = Mutex(true)

    init(_ http: CurlClient) { self.http = http }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await http.send(request)
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStream {
        var request = request
        let wasYoung = isYoung.withLock { isYoung in
            defer { isYoung = false }
            return isYoung
        }
        if wasYoung { request.url = request.url.replacing(/resourceVersion=\d+/, with: "resourceVersion=1") }
        return try await http.stream(request)
    }
}
