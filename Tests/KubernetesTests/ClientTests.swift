import Foundation
import Logging
import Synchronization
import Testing

@testable import Kubernetes
@testable import Transport

private let pods = ObjectQuery(.pod, in: "shop")
private let web = ObjectReference(.pod, "web", in: "shop")
private let expired = HTTPResponse.refusal(410, "Expired", "the continue token is too old")

@Suite struct ListTests {
    @Test func aListIsAllItsPages() async throws {
        let sender = ScriptedSender { number, _ in
            number == 0
                ? .response(podList(pod("a"), pod("b"), version: 7, next: "t1"))
                : .response(podList(pod("c"), version: 7))
        }
        let list = try await client(sender, testAccess, .init(pageSize: 2)).list(pods, .ordinary)
        #expect(list == ObjectList(items: [pod("a"), pod("b"), pod("c")], resourceVersion: "7"))
        #expect(
            sender.targets == [
                "/api/v1/namespaces/shop/pods?limit=2",
                "/api/v1/namespaces/shop/pods?limit=2&continue=t1",
            ])
    }

    @Test func pagesThatExpireAreAskedForAllAtOnce() async throws {
        let sender = ScriptedSender { number, _ in
            switch number {
            case 0: .response(podList(pod("a"), version: 7, next: "t1"))
            case 1: .response(expired)
            default: .response(podList(pod("a"), pod("b"), version: 9))
            }
        }
        let list = try await client(sender).list(pods, .ordinary)
        #expect(list == ObjectList(items: [pod("a"), pod("b")], resourceVersion: "9"))
        #expect(sender.targets.last == "/api/v1/namespaces/shop/pods")
    }

    @Test func aListThatExpiresTwiceIsTold() async {
        let sender = ScriptedSender { _, _ in .response(expired) }
        let found = await refusal { () async throws(KubernetesError) in
            try await client(sender).list(pods, .ordinary)
        }
        #expect(found?.kind == .expired)
        #expect(sender.requests.count == 2)
    }

    @Test func pagesThatGoRoundInACircleEnd() async {
        let sender = ScriptedSender { _, _ in .response(podList(pod("a"), next: "t1")) }
        let found = await refusal { () async throws(KubernetesError) in
            try await client(sender).list(pods, .ordinary)
        }
        #expect(found?.kind == .unavailable(retryAfter: nil))
        #expect(sender.requests.count == 2)
    }

    @Test func itemsSayWhatTheyAre() async throws {
        let sender = ScriptedSender { _, _ in .response(podList(["metadata": ["name": "a"]])) }
        let list = try await client(sender).list(pods, .ordinary)
        #expect(list.items == [["apiVersion": "v1", "kind": "Pod", "metadata": ["name": "a"]]])
    }

    @Test func noItemsMayBeWrittenAsNull() async throws {
        let sender = ScriptedSender { _, _ in
            .response(.json(["items": .null, "metadata": ["resourceVersion": "3"]]))
        }
        #expect(try await client(sender).list(pods, .ordinary).items.isEmpty)
    }
}

@Suite struct DiscoveryTests {
    private let found = HTTPResponse.json([
        "kind": "APIResourceList", "resources": [["name": "virtualservices"], ["name": "gateways"]],
    ])

    @Test func aYesIsRemembered() async throws {
        let sender = ScriptedSender { [found] _, _ in .response(found) }
        let client = client(sender)
        #expect(try await client.serves(.virtualService))
        #expect(try await client.serves(.virtualService))
        #expect(sender.targets == ["/apis/networking.istio.io/v1"])
        #expect(try await client.serves(.virtualService, anew: true))
        #expect(sender.requests.count == 2)
    }

    @Test func aNoMayTurnAtAnyTime() async throws {
        let sender = ScriptedSender { [found] number, _ in
            number == 0
                ? .response(HTTPResponse(status: 404, body: Array("404 page not found\n".utf8)))
                : .response(found)
        }
        let client = client(sender)
        #expect(try await !client.serves(.virtualService))
        #expect(try await client.serves(.virtualService))
    }

    @Test func aKindMayBeMissingInAGroupThatIsThere() async throws {
        let sender = ScriptedSender { [found] _, _ in .response(found) }
        #expect(try await !client(sender).serves(.destinationRule))
    }

    @Test func aCoreKindIsLookedUpInTheCoreGroup() async throws {
        let sender = ScriptedSender { _, _ in .response(.json(["resources": [["name": "pods"]]])) }
        #expect(try await client(sender).serves(.pod))
        #expect(sender.targets == ["/api/v1"])
    }

    @Test func theFirstVersionThatIsServedIsTaken() async throws {
        let sender = ScriptedSender { [found] _, request in
            request.url.hasSuffix("/v1beta1")
                ? .response(found) : .response(.refusal(404, "NotFound", "no such version"))
        }
        let kinds = ["v1", "v1beta1", "v1alpha3"].map {
            ResourceKind("networking.istio.io", $0, "VirtualService", plural: "virtualservices")
        }
        #expect(try await client(sender).served(among: kinds) == kinds[1])
    }

    @Test func troubleIsNoAnswer() async {
        let sender = ScriptedSender { _, _ in .response(HTTPResponse(status: 404, body: Array("<p>".utf8))) }
        let found = await refusal { () async throws(KubernetesError) in
            try await client(sender).serves(.virtualService)
        }
        #expect(found?.kind == .unavailable(retryAfter: nil), "a balancer's 404 says nothing about CRDs")
    }
}

@Suite struct ExchangeTests {
    @Test func requestsAreCountedByVerb() async throws {
        let sender = ScriptedSender { _, request in
            .response(request.url.hasSuffix("limit=500") ? podList() : .json(pod("web")))
        }
        let client = client(sender)
        for _ in 0..<3 { _ = try await client.read(web, .ordinary) }
        _ = try await client.list(pods, .ordinary)
        for deed in [ObjectWrite.Deed.merge([:]), .apply([:], force: true), .create([:])] {
            _ = try await client.write(ObjectWrite(web, deed, manager: "headgate"), .rollback)
        }
        #expect(await client.counts == ["get": 3, "list": 1, "patch": 2, "create": 1])
    }

    @Test func warningsOfTheServerAreLoggedOnce() async throws {
        let sender = ScriptedSender { _, _ in
            .response(.json(pod("web"), 200, ["Warning": "299 - \"v1beta1 is deprecated\""]))
        }
        let book = LogBook()
        let client = client(sender, log: Logger(label: "test") { _ in book })
        for _ in 0..<5 { _ = try await client.read(web, .ordinary) }
        #expect(book.lines == ["Pod shop/web: the API server warns: 299 - \"v1beta1 is deprecated\""])
    }

    @Test func aConnectionThatHungIsNotJoinedAgain() async throws {
        let sender = ScriptedSender { number, _ in
            number == 0 ? .failure(.timeout) : .response(.json(pod("web")))
        }
        let client = client(sender)
        let found = await refusal { () async throws(KubernetesError) in try await client.read(web, .ordinary)
        }
        #expect(found?.kind == .unavailable(retryAfter: nil))
        _ = try await client.read(web, .rollback)
        #expect(sender.requests.map(\.reusesConnection) == [true, false])
    }

    @Test func nobodyWaitsForAnAnswerThatNobodyWants() async {
        let sender = ScriptedSender { _, _ in .silence }
        let client = client(sender)
        let asking = Task {
            await refusal { () async throws(KubernetesError) in try await client.read(web, .ordinary) }
        }
        #expect(await eventually { sender.requests.count == 1 })
        asking.cancel()
        #expect(await asking.value?.kind == .cancelled)
    }

    @Test func aCertificateOfAPluginIsShown() async throws {
        try await withFolder { folder in
            let status = #"{"clientCertificateData": "C", "clientKeyData": "K"}"#
            let text =
                "{\"apiVersion\": \"client.authentication.k8s.io/v1\", \"kind\": \"ExecCredential\", "
                + "\"status\": \(status)}"
            try text.write(toFile: folder + "/out", atomically: true, encoding: .utf8)
            let plugin = ExecPlugin(command: "cat", arguments: [folder + "/out"])
            let sender = ScriptedSender { _, _ in .response(.json(pod("web"))) }
            let client = client(sender, ClusterAccess(server: testServer, credentials: .exec(plugin)))
            _ = try await client.read(web, .ordinary)
            let request = try #require(sender.requests.first)
            #expect(
                request.connection.clientCertificate == .init(certificate: .text("C"), key: .text("K")))
            #expect(request.headers["Authorization"] == nil)
        }
    }
}

/// Keeps what is logged.
private struct LogBook: LogHandler {
    private final class Lines: Sendable {
        let written = Mutex<[String]>([])
    }

    private let all = Lines()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    var lines: [String] { all.written.withLock { $0 } }

    func log(event: LogEvent) {
        all.written.withLock { $0.append("\(event.message)") }
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
}
