import Logging
import Testing
import Transport

@testable import Kubernetes

@Suite struct APIRequestTests {
    @Test func aRequestSaysWhereItGoesAndHow() {
        let object = ObjectReference(.virtualService, "web", in: "shop")
        let write = ObjectWrite(
            object, .apply(["spec": [:]], force: true), manager: "headgate", isDryRun: true)
        let request = APIRequest.writing(write)
        #expect(request.method == .patch)
        #expect(request.contentType == "application/apply-patch+yaml")
        #expect(
            request.target
                == "/apis/networking.istio.io/v1/namespaces/shop/virtualservices/web"
                + "?fieldManager=headgate&force=true&dryRun=All")
        let list = APIRequest.listing(ObjectQuery(.pod, in: nil, labels: "app=web,track!=canary"), limit: 2)
        #expect(list.target == "/api/v1/pods?labelSelector=app%3Dweb,track%21%3Dcanary&limit=2")
    }

    /// A path is put in order on its way: `pods/..` would be the namespace itself.
    @Test(arguments: ["", ".", "..", "a/b", "%2e%2e"]) func aNameThatIsAnotherPathIsNotSent(_ name: String)
        async
    {
        let client = KubernetesClient(
            ClusterAccess(server: "http://127.0.0.1:9"), sender: CurlClient(), log: .init(label: "test"))
        let write = ObjectWrite(
            ObjectReference(.pod, name, in: "shop"), .delete(uid: nil), manager: "headgate")
        let error = await #expect(throws: KubernetesError.self) {
            _ = try await client.write(write, .ordinary)
        }
        #expect(error?.kind == .invalid, "it was sent: \(error?.message ?? "")")
    }

    /// Both are answered with 422 and the same words.
    @Test func aPatchIsStaleOnlyWhereItTestsSomething() {
        let answer = HTTPResponse(
            status: 422,
            body: Array(
                #"{"kind":"Status","reason":"Invalid","message":"the server rejected our request"}"#.utf8))
        let object = ObjectReference(.virtualService, "web", in: "shop")
        for (operations, kind) in [
            ([PatchOperation.test("/a", 1), .replace("/a", 2)], KubernetesError.Kind.stale),
            ([.replace("/a", 2)], .invalid),
        ] {
            let request = APIRequest.writing(ObjectWrite(object, .patch(operations), manager: "p"))
            let error = #expect(throws: KubernetesError.self) { _ = try request.answer(in: answer) }
            #expect(error?.kind == kind)
        }
    }

    @Test func whatIsForbiddenNamesTheRuleToAdd() {
        let text = #"{"reason":"Forbidden","message":"User \"x\" cannot patch resource \"virtualservices\""}"#
        let request = APIRequest.reading(ObjectReference(.virtualService, "web", in: "shop"))
        let error = #expect(throws: KubernetesError.self) {
            _ = try request.answer(in: HTTPResponse(status: 403, body: Array(text.utf8)))
        }
        #expect(error?.kind == .forbidden)
        let rule = #"{apiGroups: ["networking.istio.io"], resources: ["virtualservices"], verbs: ["get"]}"#
        #expect(error?.message.contains(rule) == true, "\(error?.message ?? "")")
    }
}
