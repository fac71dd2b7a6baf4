import Testing

@testable import Kubernetes
@testable import Transport

private let web = ObjectReference(.virtualService, "web", in: "shop")
private let applying = APIRequest.writing(ObjectWrite(web, .apply([:], force: false), manager: "pd"))
private let patching = APIRequest.writing(ObjectWrite(web, .patch([.test("/a", 1)]), manager: "pd"))
private let named: JSON = ["name": "web", "kind": "virtualservices"]

private func error(_ response: HTTPResponse, to request: APIRequest = applying) -> KubernetesError? {
    do throws(KubernetesError) {
        _ = try request.answer(in: response)
        return nil
    } catch {
        return error
    }
}

/// What a real API server answers, and what becomes of it.
@Suite struct AnswerTests {
    @Test func anObjectThatWasChangedMeanwhileIsStale() {
        let found = error(
            .refusal(
                409, "Conflict",
                "Operation cannot be fulfilled on virtualservices \"web\": the object has been modified; "
                    + "please apply your changes to the latest version and try again", details: named))
        #expect(found?.kind == .stale)
        #expect(found?.message.hasPrefix("patch VirtualService shop/web: Operation cannot") == true)
    }

    @Test func fieldsOfAnotherManagerAreNamedWithTheirOwner() {
        let found = error(
            .refusal(
                409, "Conflict", "Apply failed with 1 conflict: conflict with \"gitops\": .spec.http",
                details: [
                    "causes": [
                        [
                            "reason": "FieldManagerConflict",
                            "message": "conflict with \"gitops\" using networking.istio.io/v1",
                            "field": ".spec.http",
                        ]
                    ]
                ]))
        #expect(found?.kind == .ownedByOther(managers: ["gitops"], fields: [".spec.http"]))
        #expect(found?.message.contains("let \"gitops\" leave these fields out") == true)
    }

    @Test func allWhoOwnTheFieldsAreNamed() {
        let conflicts = [("gitops", ".spec.hosts"), ("argo", ".spec.http"), ("gitops", ".spec.tls")]
        let causes = conflicts.map { manager, field -> JSON in
            [
                "reason": "FieldManagerConflict", "message": .string("conflict with \"\(manager)\""),
                "field": .string(field),
            ]
        }
        let found = error(
            .refusal(409, "Conflict", "Apply failed with 3 conflicts", details: ["causes": .array(causes)]))
        let fields = [".spec.hosts", ".spec.http", ".spec.tls"]
        #expect(found?.kind == .ownedByOther(managers: ["gitops", "argo"], fields: fields))
        #expect(
            found?.message.hasSuffix(
                "let \"gitops\" and \"argo\" leave these fields out of what they apply, or adopt the object")
                == true)
    }

    @Test func ownersAreFoundInTheMessageWhereNoCausesAre() {
        let one = error(
            .refusal(409, "Conflict", "Apply failed with 1 conflict: conflict with \"gitops\": .spec.http"))
        #expect(one?.kind == .ownedByOther(managers: ["gitops"], fields: []))
        let text = """
            Apply failed with 2 conflicts: conflicts with "gitops" using networking.istio.io/v1:
            - .spec.hosts
            conflicts with "argo":
            - .spec.http
            """
        let two = error(.refusal(409, "Conflict", text))
        #expect(two?.kind == .ownedByOther(managers: ["gitops", "argo"], fields: []))
    }

    @Test func whatIsThereAlreadyExists() {
        let found = error(
            .refusal(409, "AlreadyExists", "virtualservices \"web\" already exists", details: named))
        #expect(found?.kind == .exists)
    }

    @Test func aFailingTestOfAPatchIsALostRace() {
        let refused = HTTPResponse.refusal(
            422, "Invalid", "the server rejected our request due to an error in our request")
        #expect(error(refused, to: patching)?.kind == .stale)
        #expect(error(refused, to: applying)?.kind == .invalid)
    }

    @Test func anInvalidFieldIsNoLostRace() {
        let found = error(
            .refusal(
                422, "Invalid", "VirtualService \"web\" is invalid: spec.http[0].weight: Invalid value: 1.5",
                details: [
                    "name": "web",
                    "causes": [
                        ["reason": "FieldValueInvalid", "message": "x", "field": "spec.http[0].weight"]
                    ],
                ]), to: patching)
        #expect(found?.kind == .invalid)
        #expect(found?.message.contains("spec.http[0].weight: Invalid value: 1.5") == true)
    }

    @Test(arguments: [
        HTTPResponse.refusal(
            500, "",
            "failed to create typed patch object (shop/web; networking.istio.io/v1, Kind=VirtualService): "
                + ".spec.http[0].retry: field not declared in schema"),
        .refusal(
            400, "BadRequest",
            "VirtualService in version \"v1\" cannot be handled as a VirtualService: strict decoding error: "
                + "unknown field \"spec.httpp\""),
    ])
    func aFieldThatTheServerDoesNotKnowIsUnsupported(response: HTTPResponse) {
        #expect(error(response)?.kind == .unsupported)
    }

    @Test func aForbiddenDeedComesWithTheRuleToAdd() {
        let found = error(
            .refusal(
                403, "Forbidden",
                "virtualservices.networking.istio.io \"web\" is forbidden: User \"sa\" cannot patch resource "
                    + "\"virtualservices\" in API group \"networking.istio.io\" in the namespace \"shop\"",
                details: named))
        #expect(found?.kind == .forbidden)
        #expect(
            found?.message.hasSuffix(
                "allow it: {apiGroups: [\"networking.istio.io\"], resources: [\"virtualservices\"], "
                    + "verbs: [\"patch\"]}") == true)
    }

    @Test func theRuleOfASubresourceNamesIt() {
        let pod = ObjectReference(.replicaSet, "web", in: "shop")
        let request = APIRequest.writing(
            ObjectWrite(pod, .merge([:]), manager: "pd", subresource: "scale"))
        let found = error(
            .refusal(403, "Forbidden", "User \"sa\" cannot patch resource \"replicasets/scale\""), to: request
        )
        #expect(found?.message.contains("resources: [\"replicasets/scale\"]") == true)
        #expect(found?.message.hasPrefix("patch ReplicaSet shop/web, scale: ") == true)
    }

    /// A webhook chooses its status and its words.
    @Test(arguments: [
        (403, "admission webhook \"policy.test\" denied the request: User \"sa\" cannot patch on a Friday"),
        (400, "admission webhook \"validation.istio.io\" denied the request: configuration is invalid"),
        (409, "admission webhook \"policy.test\" denied the request: no"),
        (
            422,
            "virtualservices.networking.istio.io \"web\" is forbidden: ValidatingAdmissionPolicy 'calm' with "
                + "binding 'all' denied request: not on a Friday"
        ),
    ])
    func aDenialIsAboutTheObjectAndNoMatterOfRights(status: Int, text: String) {
        let found = error(.refusal(status, "Forbidden", text, details: named))
        #expect(found?.kind == .invalid)
        #expect(found?.message == "patch VirtualService shop/web: \(text)")
    }

    @Test func aWebhookThatCantBeAskedIsTroubleOfTheServer() {
        let text = "Internal error occurred: failed calling webhook \"policy.test\": connection refused"
        #expect(error(.refusal(500, "InternalError", text))?.kind == .unavailable(retryAfter: nil))
    }

    @Test func aQuotaIsNoMatterOfRights() {
        let text =
            "virtualservices \"web\" is forbidden: exceeded quota: few, requested: 1, used: 9, limited: 9"
        let found = error(.refusal(403, "Forbidden", text, details: named))
        #expect(found?.kind == .forbidden)
        #expect(found?.message == "patch VirtualService shop/web: \(text)")
    }

    @Test func aMissingObjectIsToldFromAMissingKind() {
        let object = error(
            .refusal(
                404, "NotFound", "virtualservices.networking.istio.io \"web\" not found", details: named))
        #expect(object?.kind == .missing)
        #expect(object?.message.contains("CRD") == false)
        let plain = error(HTTPResponse(status: 404, body: Array("404 page not found\n".utf8)))
        #expect(plain?.kind == .missing)
        #expect(plain?.message.contains("does not know VirtualService in networking.istio.io/v1") == true)
        let version = error(
            .refusal(404, "NotFound", "the server could not find the requested resource", details: [:]))
        #expect(version?.message.contains("is its CRD installed?") == true)
    }

    @Test func aBalancersAnswerIsNotTheServers() {
        let page = HTTPResponse(status: 404, body: Array("<html>default backend</html>".utf8))
        let found = error(page)
        #expect(found?.kind == .unavailable(retryAfter: nil), "else an object would seem to be gone")
        #expect(
            found?.message.contains("HTTP 404: <html>default backend</html>; is this an API server?") == true)
        #expect(error(HTTPResponse(status: 302))?.kind == .unavailable(retryAfter: nil))
        #expect(error(HTTPResponse(status: 410))?.kind == .unavailable(retryAfter: nil))
    }

    @Test func strangersAreToldToLookAtTheirCredentials() {
        let found = error(.refusal(401, "Unauthorized", "Unauthorized"))
        #expect(found?.kind == .unauthenticated)
        #expect(found?.message.contains("check the credentials") == true)
        #expect(error(HTTPResponse(status: 401))?.kind == .unauthenticated)
    }

    @Test func anOldVersionIsExpired() {
        #expect(error(.refusal(410, "Expired", "too old resource version: 1 (9)"))?.kind == .expired)
    }

    @Test(arguments: [429, 500, 502, 503, 504])
    func troubleOfTheServerMayPass(status: Int) {
        let wait = HTTPResponse.refusal(status, "Trouble", "wait", ["Retry-After": " 7"])
        #expect(error(wait)?.kind == .unavailable(retryAfter: .seconds(7)))
        #expect(error(HTTPResponse(status: status))?.kind == .unavailable(retryAfter: nil))
        #expect(error(wait)?.isTransient == true)
    }

    @Test func nobodyIsKeptWaitingForDays() {
        for (said, meant) in [("86400", 300), ("-5", 0)] {
            let response = HTTPResponse(status: 503, headers: ["Retry-After": said])
            #expect(error(response)?.kind == .unavailable(retryAfter: .seconds(meant)))
        }
        let date = HTTPResponse(status: 503, headers: ["Retry-After": "Wed, 25 Nov 2026 07:28:00 GMT"])
        #expect(error(date)?.kind == .unavailable(retryAfter: nil))
    }

    @Test func theWaitMayStandInTheAnswerItself() {
        let found = error(.refusal(429, "TooManyRequests", "later", details: ["retryAfterSeconds": 3]))
        #expect(found?.kind == .unavailable(retryAfter: .seconds(3)))
    }

    @Test func aRehearsedVerbIsUnsupportedWhereItIsNotAllowed() {
        #expect(error(.refusal(405, "MethodNotAllowed", "no"))?.kind == .unsupported)
        #expect(error(.refusal(415, "UnsupportedMediaType", "no"))?.kind == .unsupported)
    }

    @Test func anAnswerThatWasCutShortIsNoAnswer() {
        let found = error(HTTPResponse(status: 200, body: Array("{\"kind\":\"Pod\",\"meta".utf8)))
        #expect(found?.kind == .unavailable(retryAfter: nil))
        #expect(found?.message.contains("is this an API server?") == true)
    }

    @Test func aHugeMessageIsShortened() throws {
        let found = try #require(
            error(.refusal(422, "Invalid", String(repeating: "x", count: 2_000_000))))
        #expect(found.message.count < 1_200)
    }

    @Test func whatNeverArrivedIsToldByItsCause() {
        func kind(_ kind: TransportError.Kind) -> KubernetesError.Kind {
            applying.error(TransportError(kind, at: "https://x", "why")).kind
        }
        #expect(kind(.cancelled) == .cancelled)
        #expect(kind(.invalidRequest) == .invalid)
        #expect(kind(.timeout) == .unavailable(retryAfter: nil))
        #expect(kind(.tls) == .unavailable(retryAfter: nil))
        #expect(kind(.interrupted) == .unavailable(retryAfter: nil))
    }
}
