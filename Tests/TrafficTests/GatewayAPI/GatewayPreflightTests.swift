import Engine
import Kubernetes
import Rollouts
import TestCluster
import Testing
import Transport

@testable import Traffic

/// What is said of the Gateway API's routes and of Linkerd before a release is moved.
@Suite(.cluster(CustomKinds.gatewayAPI.union(CustomKinds.linkerd)), .timeLimit(.minutes(1)))
struct GatewayPreflightTests {
    private let cluster = testCluster()

    private func findings(
        of kind: String = "gatewayAPI", isStart: Bool = true, requiresMTLS: Bool = false
    ) async throws -> [Finding] {
        let router = GatewayRouter(
            GatewaySettings(namespace: "shop"), of: kind, api: cluster, sender: NobodyToAsk())
        let inspection = Inspection(
            target: try gatewayTarget(of: kind), stable: "web-a", canaries: ["web-b"], isStart: isStart,
            requiresMTLS: requiresMTLS)
        let findings = try await router.inspect(inspection, of: RolloutName("web"))
        await router.close()
        return findings
    }

    private func words(_ findings: [Finding], _ check: String) -> [String] {
        findings.filter { $0.check == check }.map { "\($0.severity.rawValue) \($0.subject): \($0.what)" }
    }

    private func furnish(containers: [JSON] = [["name": "linkerd-proxy", "image": "p:1"]]) {
        cluster.put(webRoute, storedRoute([splitRule]))
        for slot in ["web-a", "web-b"] {
            cluster.put(
                ObjectReference(.service, slot, in: "shop"),
                ["spec": ["selector": ["slot": .string(slot)], "ports": [["port": 80]]]])
            pod(slot, containers: containers)
        }
    }

    private func pod(_ slot: String, containers: [JSON], isReady: Bool = true) {
        let reference = ObjectReference(.pod, "\(slot)-1", in: "shop")
        cluster.put(
            reference,
            [
                "metadata": ["labels": ["slot": .string(slot)]],
                "spec": ["containers": .array([["name": "app", "image": "web:1"]] + containers)],
            ])
        cluster.server.edit(reference, "status", as: "kubelet") {
            $0["status"] = ["conditions": [["type": "Ready", "status": isReady ? "True" : "False"]]]
        }
    }

    @Test func withoutTheRouteNothingCanBeMoved() async throws {
        #expect(try await findings().map(\.severity) == [.error])
    }

    @Test func aRouteThatNobodyHasAcceptedIsAWarning() async throws {
        furnish()
        let findings = try await findings()
        #expect(findings.errors == [], "\(findings)")
        #expect(
            words(findings, "parents") == [
                "warning HTTPRoute shop/web: nobody has accepted it for Gateway edge"
            ])
    }

    @Test func aRouteThatIsRefusedIsAnErrorInTheControllersWords() async throws {
        furnish()
        cluster.server.edit(webRoute, "status", as: "controller") {
            let generation = $0["metadata"]["generation"] ?? 1
            $0["status"] = [
                "parents": [
                    [
                        "parentRef": ["name": "edge"], "controllerName": "example.com/c",
                        "conditions": [
                            [
                                "type": "ResolvedRefs", "status": "False", "reason": "RefNotPermitted",
                                "message": "no ReferenceGrant", "observedGeneration": generation,
                                "lastTransitionTime": "2026-01-01T00:00:00Z",
                            ]
                        ],
                    ]
                ]
            ]
        }
        let found = words(try await findings(), "parents")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("error HTTPRoute shop/web: example.com/c for Gateway edge") == true)
        #expect(found.first?.contains("no ReferenceGrant") == true)
    }

    @Test func aServiceThatIsNotThereIsAnError() async throws {
        furnish()
        cluster.remove(ObjectReference(.service, "web-b", in: "shop"))
        let findings = try await findings()
        #expect(
            words(findings, "objects").first?.contains("leads to Service shop/web-b, which is not there")
                == true)
    }

    @Test func nobodyReadyBehindTheServiceIsAnErrorAtTheStartOnly() async throws {
        furnish()
        cluster.remove(ObjectReference(.pod, "web-b-1", in: "shop"))
        #expect(
            words(try await findings(), "endpoints") == ["error Service shop/web-b: no pod has slot=web-b"])
        #expect(try await findings(isStart: false).errors == [])
    }

    @Test func theGatewayAPITellsNothingOfMutualTLS() async throws {
        furnish()
        #expect(words(try await findings(), "mtls") == [])
        #expect(words(try await findings(requiresMTLS: true), "mtls").count == 1)
    }

    @Test func whatSoftensAFailureIsNamedAndAMissingTimeoutNoted() async throws {
        furnish()
        #expect(
            words(try await findings(), "timeouts") == [
                "note HTTPRoute shop/web: a rule that is split has no timeout"
            ])
        cluster.edit(webRoute) { object in
            var rules = object["spec"]["rules"]?.array ?? []
            rules[0]["timeouts"] = ["request": "2s"]
            object["spec"]["rules"] = .array(rules)
        }
        #expect(
            words(try await findings(), "timeouts") == [
                "note HTTPRoute shop/web: has a timeout: request 2s"
            ])
    }

    private func sessions(
        _ rule: JSON, isSticky: Bool, of kind: RouteKind = .httpRoute, _ carriers: [GatewayProfile] = []
    ) throws -> [String] {
        let object = try gatewayObject(
            gatewayWrite(split(20), gatewayTarget(kind)), on: storedRoute([rule]))
        return object.sessionFindings(
            isSticky: isSticky, carriers.map { Implementation(profile: $0) }
        ).map { "\($0.severity.rawValue) \($0.check): \($0.what)" }
    }

    /// The experimental channel has it: such a rule reaches us as it is, whatever we know of it.
    @Test func sessionsOfTheAPIAreAWarningAndNoneBesideACookieOfOurs() throws {
        var rule = splitRule
        rule["sessionPersistence"] = ["sessionName": "shop", "type": "Cookie"]
        let what = "a rule that is split has sessionPersistence (sessionName shop, type Cookie)"
        #expect(try sessions(rule, isSticky: false) == ["warning sessions: \(what)"])
        #expect(try sessions(rule, isSticky: true) == ["error sessions: \(what)"])
        #expect(try sessions(splitRule, isSticky: true, [.istio, .envoyGateway]) == [])
    }

    @Test func aCookieThatNobodyWouldCarryOutIsAnErrorBeforeTheStart() throws {
        #expect(
            try sessions(splitRule, isSticky: true, [.nginx]) == [
                "error sessions: nginx does not honour, as far as is known, headers for one backend, which give out the cookie"
            ])
        #expect(
            try sessions(["backendRefs": splitRule["backendRefs"] ?? []], isSticky: true, of: .tcpRoute) == [
                "error sessions: requests of a TCPRoute can't be looked into, and have no cookie"
            ])
        #expect(try sessions(splitRule, isSticky: false, [.nginx]) == [])
    }

    @Test func sessionsAreKeptAndACookieBesideThemRefused() throws {
        var rule = splitRule
        rule["sessionPersistence"] = ["sessionName": "shop", "type": "Cookie"]
        let target = try gatewayTarget()
        let plain = try gatewayRouted(gatewayWrite(split(20), target), on: storedRoute([rule]))
        #expect(plain.rules[0]["sessionPersistence"] == rule["sessionPersistence"])
        let failure = #expect(throws: RouteFailure.self) {
            try gatewayRouted(gatewayWrite(split(20, stickyBy: "user"), target), on: storedRoute([rule]))
        }
        #expect(failure?.kind == .rejected)
        #expect(failure?.message.contains("sessions would go before the cookie user") == true)
    }

    // MARK: - Linkerd

    @Test func linkerdsAnnotationsAreNamed() async throws {
        furnish()
        cluster.edit(webRoute) {
            $0["metadata"]["annotations"] = ["timeout.linkerd.io/request": "2s"]
            $0["spec"]["parentRefs"] = [["group": "core", "kind": "Service", "name": "web", "port": 80]]
        }
        cluster.put(
            ObjectReference(.service, "web", in: "shop"),
            [
                "metadata": [
                    "annotations": ["retry.linkerd.io/http": "5xx", "retry.linkerd.io/limit": "2"]
                ], "spec": ["ports": [["port": 80]]],
            ])
        cluster.edit(ObjectReference(.service, "web-b", in: "shop")) {
            $0["metadata"]["annotations"] = ["balancer.linkerd.io/failure-accrual": "consecutive"]
        }
        let findings = try await findings(of: "linkerd")
        #expect(
            ["timeouts", "retries", "breakers"].flatMap { words(findings, $0) } == [
                "note HTTPRoute shop/web: has a timeout: timeout.linkerd.io/request 2s",
                "note Service shop/web: tries again: retry.linkerd.io/http 5xx, retry.linkerd.io/limit 2",
                "note Service shop/web-b: has limits: balancer.linkerd.io/failure-accrual consecutive",
            ])
        #expect(findings.first { $0.check == "retries" }?.why.contains("on the stable one") == true)
    }

    @Test func meshedPodsThatLetOthersInAreAWarning() async throws {
        furnish()
        let found = words(try await findings(of: "linkerd"), "mtls")
        #expect(found.count == 2)
        #expect(found.first?.hasPrefix("warning Service shop/web-a: takes plain text too: no Server") == true)
    }

    @Test func theDefaultPolicyOfTheNamespaceIsEvidence() async throws {
        furnish()
        cluster.edit(ObjectReference(.namespace, "shop", in: nil)) {
            $0["metadata"]["annotations"] = ["config.linkerd.io/default-inbound-policy": "all-authenticated"]
        }
        let found = words(try await findings(of: "linkerd"), "mtls")
        #expect(
            found.first == "note Service shop/web-a: takes mutual TLS only: "
                + "config.linkerd.io/default-inbound-policy: all-authenticated")
    }

    @Test func aPodWithoutAProxyIsSaid() async throws {
        furnish(containers: [])
        let found = words(try await findings(of: "linkerd"), "mtls")
        #expect(found.first == "warning Service shop/web-a: pod web-a-1 has no linkerd-proxy")
    }

    @Test func aServiceProfileInTheWayIsAnError() async throws {
        furnish()
        cluster.edit(webRoute) {
            $0["spec"]["parentRefs"] = [["group": "core", "kind": "Service", "name": "web", "port": 80]]
        }
        cluster.put(
            ObjectReference(.service, "web", in: "shop"),
            ["spec": ["ports": [["port": 80]], "clusterIP": "10.0.0.1"]])
        let profile = ObjectReference(.serviceProfile, "web.shop.svc.cluster.local", in: "shop")
        cluster.put(profile, ["spec": ["routes": []]])
        let found = words(try await findings(of: "linkerd"), "objects")
        #expect(found.first?.contains("overrides every route") == true, "\(found)")
    }

    @Test func anOpaquePortIsNotSplit() async throws {
        furnish()
        cluster.edit(ObjectReference(.service, "web-b", in: "shop")) {
            $0["metadata"]["annotations"] = ["config.linkerd.io/opaque-ports": "80,3306"]
        }
        #expect(
            words(try await findings(of: "linkerd"), "protocol") == [
                "warning Service shop/web-b: port 80 is opaque"
            ])
    }
}

/// Who may speak with Linkerd's pods, worked out without a cluster.
struct LinkerdPolicyTests {
    private func verdict(server: JSON, policies: [JSON] = []) -> Finding? {
        let pod: JSON = [
            "metadata": ["name": "web-a-1", "labels": ["slot": "web-a"]],
            "spec": [
                "containers": [
                    ["name": "app", "ports": [["name": "http", "containerPort": 8080]]],
                    ["name": "linkerd-proxy"],
                ]
            ],
        ]
        let inspection = Inspection(
            target: TrafficTarget(router: "linkerd", backends: Backends(a: "web-a", b: "web-b")),
            stable: "web-a", canaries: [])
        var survey = ServiceSurvey(
            inspection: inspection, namespace: "shop",
            services: .seen([
                [
                    "metadata": ["name": "web-a"],
                    "spec": ["selector": ["slot": "web-a"], "ports": [["port": 80, "targetPort": "http"]]],
                ]
            ]),
            pods: .seen([pod]))
        let linkerd = LinkerdSurvey(servers: .seen([server]), policies: .seen(policies), namespace: nil)
        survey.linkerd = linkerd
        return survey.findings.first { $0.check == Finding.mtls }
    }

    private func server(_ policy: JSON?) -> JSON {
        var server: JSON = [
            "metadata": ["name": "web"],
            "spec": ["podSelector": ["matchLabels": ["slot": "web-a"]], "port": 8080],
        ]
        server["spec"]["accessPolicy"] = policy
        return server
    }

    private func policy(_ kind: JSON) -> JSON {
        [
            "spec": [
                "targetRef": ["kind": "Server", "name": "web"],
                "requiredAuthenticationRefs": [["kind": kind]],
            ]
        ]
    }

    @Test func aServerSaysWhomItLetsIn() {
        #expect(verdict(server: server("all-authenticated"))?.severity == .note)
        #expect(verdict(server: server("all-unauthenticated"))?.severity == .warning)
    }

    @Test func aServerOfAnotherPortOrOtherPodsProvesNothing() {
        var other = server("all-authenticated")
        other["spec"]["port"] = 9090
        #expect(verdict(server: other)?.severity == .warning)
        var others = server("all-authenticated")
        others["spec"]["podSelector"] = [
            "matchExpressions": [["key": "slot", "operator": "NotIn", "values": ["web-a"]]]
        ]
        #expect(verdict(server: others)?.severity == .warning)
        others["spec"]["podSelector"] = [
            "matchExpressions": [["key": "slot", "operator": "In", "values": ["web-a"]]]
        ]
        others["spec"]["port"] = "http"
        #expect(verdict(server: others)?.severity == .note)
    }

    @Test func oneThatDeniesIsAsStrictAsWhatAllowsOthers() {
        #expect(verdict(server: server(nil))?.severity == .note)
        #expect(verdict(server: server(nil), policies: [policy("MeshTLSAuthentication")])?.severity == .note)
        #expect(
            verdict(server: server(nil), policies: [policy("NetworkAuthentication")])?.severity == .warning)
    }
}

/// Whom Linkerd's policies name, worked out without a cluster.
struct LinkerdIdentityTests {
    /// What is said where the release runs under an account of its own.
    private func found(_ authentications: [JSON] = [], policies: [JSON] = []) -> [String] {
        let pods: [JSON] = [("web-a", "web"), ("web-b", "web-next")].map { slot, account in
            [
                "metadata": [
                    "name": .string(slot + "-1"), "namespace": "shop", "labels": ["slot": .string(slot)],
                ],
                "spec": ["serviceAccountName": .string(account)],
            ]
        }
        let services: [JSON] = ["web-a", "web-b"].map { slot in
            ["metadata": ["name": .string(slot)], "spec": ["selector": ["slot": .string(slot)]]]
        }
        var survey = ServiceSurvey(
            inspection: Inspection(
                target: TrafficTarget(router: "linkerd", backends: Backends(a: "web-a", b: "web-b")),
                stable: "web-a", canaries: ["web-b"]),
            namespace: "shop", services: .seen(services), pods: .seen(pods))
        survey.linkerd = LinkerdSurvey(
            servers: .seen([]), policies: .seen(policies), authentications: .seen(authentications),
            namespace: nil)
        return survey.findings.filter { $0.check == "identity" }.map { "\($0.subject): \($0.what)" }
    }

    private func authentication(_ spec: JSON) -> JSON {
        [
            "kind": "MeshTLSAuthentication", "metadata": ["name": "callers", "namespace": "shop"],
            "spec": spec,
        ]
    }

    private let named =
        "MeshTLSAuthentication shop/callers: names ServiceAccount shop/web, and not the release's shop/web-next"

    @Test func whoeverNamesTheStableAccountOnlyShutsTheReleaseOut() {
        let web: JSON = "web.shop.serviceaccount.identity.linkerd.cluster.local"
        #expect(found([authentication(["identities": [web]])]) == [named])
        let reference: JSON = ["kind": "ServiceAccount", "name": "web"]
        #expect(found([authentication(["identityRefs": [reference]])]) == [named])
        let policy: JSON = [
            "kind": "AuthorizationPolicy", "metadata": ["name": "web", "namespace": "shop"],
            "spec": ["requiredAuthenticationRefs": [reference]],
        ]
        #expect(found(policies: [policy]).first?.hasPrefix("AuthorizationPolicy shop/web") == true)
    }

    @Test(
        arguments: [
            ["identities": ["*"]], ["identities": ["*.shop.serviceaccount.identity.linkerd.cluster.local"]],
            ["identityRefs": [["kind": "Namespace", "name": "shop"]]],
            ["identityRefs": [["kind": "ServiceAccount", "name": "web", "namespace": "other"]]],
            ["identities": ["web-next.shop.serviceaccount.identity.linkerd.cluster.local"]],
        ] as [JSON])
    func whoeverNamesBothOrNeitherIsNoFinding(spec: JSON) {
        #expect(found([authentication(spec)]) == [])
    }
}
