import Testing

@testable import Kubernetes
@testable import Transport

private let web = ObjectReference(.virtualService, "web", in: "shop")
private let path = "/apis/networking.istio.io/v1/namespaces/shop/virtualservices"

private func written(
    _ deed: ObjectWrite.Deed, to object: ObjectReference = web, subresource: String? = nil,
    isDryRun: Bool = false
) -> APIRequest {
    .writing(ObjectWrite(object, deed, manager: "headgate", subresource: subresource, isDryRun: isDryRun))
}

@Suite struct RequestTests {
    @Test func readingAsksForOneObject() {
        let request = APIRequest.reading(web)
        #expect(request.method == .get)
        #expect(request.target == path + "/web")
        #expect(request.contentType == nil)
        #expect(request.body == nil)
    }

    @Test func theCoreGroupHasAPathOfItsOwn() {
        let pod = ObjectReference(.pod, "web-1", in: "shop")
        #expect(APIRequest.reading(pod).target == "/api/v1/namespaces/shop/pods/web-1")
        let namespace = ObjectReference(.namespace, "shop", in: nil)
        #expect(APIRequest.reading(namespace).target == "/api/v1/namespaces/shop")
    }

    @Test func creatingPostsToTheCollection() {
        let request = written(.create(["kind": "VirtualService"]))
        #expect(request.method == .post)
        #expect(request.target == path + "?fieldManager=headgate&fieldValidation=Strict")
        #expect(request.contentType == "application/json")
        #expect(request.body == ["kind": "VirtualService"])
    }

    @Test func replacingPutsTheWholeObject() {
        let request = written(.replace(["spec": [:]]))
        #expect(request.method == .put)
        #expect(request.target == path + "/web?fieldManager=headgate&fieldValidation=Strict")
        #expect(request.contentType == "application/json")
    }

    @Test(arguments: [true, false]) func applyingSaysWhetherItTakesFieldsAway(force: Bool) {
        let request = written(.apply(["spec": [:]], force: force))
        #expect(request.method == .patch)
        #expect(request.target == path + "/web?fieldManager=headgate&force=\(force)")
        #expect(request.contentType == "application/apply-patch+yaml")
    }

    @Test func aPatchIsAListOfOperations() {
        let request = written(
            .patch([
                .version("4711"), .test("/spec/http/0/name", "primary"), .add("/a", 1),
                .replace("/spec/http/0/route/0/weight", 80), .remove("/b"),
            ]))
        #expect(request.target == path + "/web?fieldManager=headgate")
        #expect(request.contentType == "application/json-patch+json")
        #expect(
            request.body == [
                ["op": "replace", "path": "/metadata/resourceVersion", "value": "4711"],
                ["op": "test", "path": "/spec/http/0/name", "value": "primary"],
                ["op": "add", "path": "/a", "value": 1],
                ["op": "replace", "path": "/spec/http/0/route/0/weight", "value": 80],
                ["op": "remove", "path": "/b"],
            ])
    }

    @Test func aMergeIsAPatchOfAnotherType() {
        let request = written(.merge(["spec": ["replicas": 3]]))
        #expect(request.method == .patch)
        #expect(request.contentType == "application/merge-patch+json")
    }

    @Test func deletingMayInsistOnTheObjectThatWasSeen() {
        let request = written(.delete(uid: "u-1"))
        #expect(request.method == .delete)
        #expect(request.target == path + "/web")
        #expect(
            request.body == [
                "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background",
                "preconditions": ["uid": "u-1"],
            ])
        #expect(written(.delete(uid: nil)).body?["preconditions"] == nil)
    }

    @Test func aRehearsalChangesNothing() {
        #expect(written(.create([:]), isDryRun: true).target.hasSuffix("&dryRun=All"))
        #expect(written(.apply([:], force: false), isDryRun: true).target.hasSuffix("&dryRun=All"))
        #expect(written(.delete(uid: nil), isDryRun: true).target == path + "/web?dryRun=All")
    }

    @Test func aSubresourceStandsBehindTheName() {
        let set = ObjectReference(.replicaSet, "web", in: "shop")
        let root = "/apis/apps/v1/namespaces/shop/replicasets/web/scale"
        #expect(written(.merge([:]), to: set, subresource: "scale").target == root + "?fieldManager=headgate")
        let pod = ObjectReference(.pod, "web-1", in: "shop")
        let eviction = written(.create([:]), to: pod, subresource: "eviction")
        #expect(eviction.target.hasPrefix("/api/v1/namespaces/shop/pods/web-1/eviction?"))
        #expect(eviction.resource == "pods/eviction")
    }

    @Test func aPageIsAskedForByItsToken() {
        let query = ObjectQuery(.pod, in: "shop", labels: "app=web,track!=canary")
        #expect(
            APIRequest.listing(query, limit: 500).target
                == "/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb,track%21%3Dcanary&limit=500")
        #expect(
            APIRequest.listing(query, limit: 500, continue: "a+b/c=").target
                .hasSuffix("&limit=500&continue=a%2Bb%2Fc%3D"))
        #expect(!APIRequest.listing(query, limit: nil).target.contains("limit"))
    }

    @Test func aWatchGoesOnFromAVersionAndWantsBookmarks() {
        let query = ObjectQuery(.pod, in: nil, fields: "metadata.name=web")
        #expect(
            APIRequest.watching(query, from: "42", seconds: 290).target
                == "/api/v1/pods?fieldSelector=metadata.name%3Dweb&watch=1&resourceVersion=42"
                + "&allowWatchBookmarks=true&timeoutSeconds=290")
    }

    @Test func noNameBecomesAnotherPath() {
        let odd = ObjectReference(.pod, "../../secrets?a=1#é", in: "shop/x")
        #expect(
            APIRequest.reading(odd).target
                == "/api/v1/namespaces/shop%2Fx/pods/..%2F..%2Fsecrets%3Fa%3D1%23%C3%A9")
    }

    @Test func whoNamesNoNamespaceMeansTheOneAtHome() {
        let pod = APIRequest.reading(ObjectReference(.pod, "web", in: nil)).at(home: "home")
        #expect(pod.target == "/api/v1/namespaces/home/pods/web")
        let namespace = APIRequest.reading(ObjectReference(.namespace, "shop", in: nil)).at(home: "home")
        #expect(namespace.target == "/api/v1/namespaces/shop")
        let all = APIRequest.listing(ObjectQuery(.pod, in: nil), limit: nil).at(home: "home")
        #expect(all.target == "/api/v1/pods", "a list without a namespace is one of all")
    }

    @Test func requestsBearTheCredentialsAndSayWhoAsks() async throws {
        let sender = ScriptedSender { _, _ in .response(.json(pod("web"))) }
        _ = try await client(sender).read(ObjectReference(.pod, "web", in: "shop"), .ordinary)
        let request = try #require(sender.requests.first)
        #expect(request.url == testServer + "/api/v1/namespaces/shop/pods/web")
        #expect(request.headers["Authorization"] == "Bearer secret-token")
        #expect(request.headers["Accept"] == "application/json")
        #expect(request.headers["User-Agent"] == "headgate")
        #expect(request.headers["Content-Type"] == nil)
    }
}
